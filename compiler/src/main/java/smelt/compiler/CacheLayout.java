package smelt.compiler;

import smelt.graph.MemoryKind;

/**
 * Bytes of one KV block of one layer: for each key head the keys, [panel of 16 positions][column][16 positions], then
 * the values, [position][column].
 *
 * @param element F16, or F32 for models whose weights are f32, which rounding to f16 would be the coarsest step of
 */
public record CacheLayout(int keyHeads, int headWidth, MemoryKind element) {
    /** Positions of a block. */
    public static final int BLOCK_POSITIONS = 32;

    /** Positions whose attention is summed as one part; parts are joined in order. */
    public static final int CHUNK_POSITIONS = 128;

    /** Positions side by side in a vector. */
    static final int PANEL_POSITIONS = 16;

    public int elementBytes() {
        return element.bytes() / 16;
    }

    /** For one element. */
    MemoryKind one() {
        return element == MemoryKind.F32 ? MemoryKind.ONE_F32 : MemoryKind.ONE_F16;
    }

    public int valueStart() {
        return BLOCK_POSITIONS * headWidth * elementBytes();
    }

    public int headBytes() {
        return 2 * valueStart();
    }

    public int blockBytes() {
        return keyHeads * headBytes();
    }

    /** Of one head's part of attention. */
    public int partBytes() {
        return new Part(headWidth).bytes();
    }
}
