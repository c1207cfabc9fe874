package smelt.runtime;

import java.util.Collections;
import java.util.List;

/**
 * What one step computes: chunks of different sequences, prefill and decode alike. The order changes no result. Not
 * changed while the step runs; its owner may use it, and its chunks, for the next one.
 */
public final class StepBatch {
    private final List<Chunk> chunks;

    public StepBatch(List<Chunk> chunks) {
        this(chunks, true);
    }

    private StepBatch(List<Chunk> chunks, boolean copied) {
        this.chunks = copied ? List.copyOf(chunks) : Collections.unmodifiableList(chunks);
    }

    /** Has always the chunks that are in {@code chunks} then. */
    public static StepBatch of(List<Chunk> chunks) {
        return new StepBatch(chunks, false);
    }

    public List<Chunk> chunks() {
        return chunks;
    }

    public int rows() {
        int rows = 0;
        for (int i = 0; i < chunks.size(); i++) {
            rows += chunks.get(i).tokens().length;
        }
        return rows;
    }

    /** Consecutive tokens of one sequence; everything before the first is in its KV blocks already. */
    public static final class Chunk {
        private int[] tokens;
        private int firstPosition;
        private int[] blocks;
        private int logitsFrom;
        private final List<Double> temperatures;
        private int secondFrom = Integer.MAX_VALUE;

        public Chunk(int[] tokens, int firstPosition, int[] blocks, int logitsFrom) {
            this(tokens, firstPosition, blocks, logitsFrom, List.of());
        }

        /**
         * Keeps the arrays.
         *
         * @param blocks the sequence's KV blocks in order of position; block i holds positions i * blockPositions
         *     onward, and there are enough for the chunk's last token
         * @param logitsFrom index into {@code tokens} from which on logits are wanted: 0 for all, tokens.length for
         *     none
         * @param temperatures at which the masses of the wanted rows will be asked for; at most two
         */
        public Chunk(int[] tokens, int firstPosition, int[] blocks, int logitsFrom, List<Double> temperatures) {
            this.tokens = tokens;
            this.firstPosition = firstPosition;
            this.blocks = blocks;
            this.logitsFrom = logitsFrom;
            this.temperatures = List.copyOf(temperatures);
        }

        /** All of a pair of texts, the second of which begins at index {@code secondFrom} of its tokens. */
        public static Chunk ofPair(int[] tokens, int[] blocks, int logitsFrom, int secondFrom) {
            Chunk chunk = new Chunk(tokens, 0, blocks, logitsFrom);
            chunk.secondFrom = secondFrom;
            return chunk;
        }

        /** Makes it another chunk of its sequence; see the constructor. */
        public void change(int[] newTokens, int newFirstPosition, int[] newBlocks, int newLogitsFrom) {
            tokens = newTokens;
            firstPosition = newFirstPosition;
            blocks = newBlocks;
            logitsFrom = newLogitsFrom;
        }

        public int[] tokens() {
            return tokens;
        }

        public int firstPosition() {
            return firstPosition;
        }

        public int[] blocks() {
            return blocks;
        }

        public int logitsFrom() {
            return logitsFrom;
        }

        /** Index into the tokens from which on they are of the second text of a pair. */
        int secondFrom() {
            return secondFrom;
        }

        public List<Double> temperatures() {
            return temperatures;
        }
    }
}
