package smelt.compiler;

/**
 * Bytes of one KV block of one layer: for each key head the keys, [panel of 16 positions][column][16 positions] f16,
 * then the values, [position][column] f16.
 */
public record CacheLayout(int keyHeads, int headWidth) {
    /** Positions of a block. */
    public static final int BLOCK_POSITIONS = 32;

    /** Positions whose attention is summed as one part; parts are joined in order. */
    public static final int CHUNK_POSITIONS = 128;

    /** Positions side by side in a vector. */
    static final int PANEL_POSITIONS = 16;

    public int valueStart() {
        return BLOCK_POSITIONS * headWidth * 2;
    }

    public int headBytes() {
        return 2 * valueStart();
    }

    public int blockBytes() {
        return keyHeads * headBytes();
    }

    /** f32 of one head's part: its columns, then one vector with the largest score in lane 0, one with the sum. */
    public int partFloats() {
        return headWidth + 32;
    }
}
