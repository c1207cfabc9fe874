package smelt.graph;

import java.util.List;

/** The constant part of a node; its text is part of the node's key, so equal attributes print equal. */
public sealed interface Attr {
    enum None implements Attr {
        NONE
    }

    record Text(String value) implements Attr {}

    record Whole(long value) implements Attr {}

    /** Compared by bits, so that -0 and 0 differ. */
    record Real(float value) implements Attr {}

    record Bytes(List<Byte> values) implements Attr {
        public Bytes {
            values = List.copyOf(values);
        }
    }

    /** A load or store; {@code number} tells occurrences apart, since memory changes between them. */
    record Memory(MemoryKind kind, int number) implements Attr {}

    /**
     * A product of tiles.
     *
     * @param stride bytes from row to row
     * @param vectors of codes, 4 columns each
     * @param accumulator which of four registers holds the dots meanwhile: a matter of speed alone
     */
    record Tile(int stride, int vectors, int accumulator, int number) implements Attr {}

    /** Columns of a row. */
    record Columns(int from, int width) implements Attr {}

    /**
     * @param segment columns normalised together: the row's width, or the head's for norms per head
     * @param offset added to the weight: 1 where a file stores w of (1 + w)
     */
    record Norm(double epsilon, int segment, double offset) implements Attr {}

    /**
     * @param inverseFrequencies radians per position for each rotated pair, all scaling folded in; half the rotated
     *     columns of a head
     * @param magnitude factor on cosine and sine
     */
    record Rope(int headWidth, Pairing pairing, List<Double> inverseFrequencies, double magnitude) implements Attr {
        public Rope {
            inverseFrequencies = List.copyOf(inverseFrequencies);
        }

        /** Which columns rotate together. */
        public enum Pairing {
            /** 2i with 2i + 1. */
            ADJACENT,
            /** i with i + rotated / 2. */
            HALVES
        }
    }

    /**
     * @param window positions visible including the token's own; 0: all
     * @param softcap 0: none
     * @param causal false: every position of the sequence is visible
     */
    record Attention(int heads, int keyHeads, int headWidth, double scale, int window, double softcap, boolean causal)
            implements Attr {}

    /**
     * @param used experts per token, ties to the lower index
     * @param renormalise weights of the chosen experts are divided by their sum
     * @param activation SILU or GELU_TANH on the gate
     */
    record Experts(int count, int used, boolean renormalise, Op activation) implements Attr {}

    /** Slot name of a weight within its section. */
    record Slot(String name) implements Attr {}
}
