package smelt.compiler;

import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/**
 * Bytes of one KV block of one layer: for each key head the keys, [panel of 16 positions][column][16 positions], then
 * the values, [position][column], then, with S8, an f16 scale for each position's key, and one for its value.
 *
 * @param element F16, F32 for models whose weights are f32, which rounding to f16 would be the coarsest step of, or S8
 */
public record CacheLayout(int keyHeads, int headWidth, MemoryKind element) {
    /** Positions of a block. */
    public static final int BLOCK_POSITIONS = 32;

    /** Positions whose attention is summed as one part; parts are joined in order. */
    public static final int CHUNK_POSITIONS = 128;

    /** Positions side by side in a vector. */
    static final int PANEL_POSITIONS = 16;

    /** Of a key or value, without its scale. */
    public int elementBytes() {
        return element.bytes() / 16;
    }

    /** Of a key or value, with its share of a scale. */
    public double bytesPerElement() {
        return blockBytes() / (2.0 * keyHeads * headWidth * BLOCK_POSITIONS);
    }

    public CacheType type() {
        return scaled() ? CacheType.Q8 : CacheType.F16;
    }

    /** For storing one element. */
    MemoryKind one() {
        return switch (element) {
            case F32 -> MemoryKind.ONE_F32;
            case S8 -> MemoryKind.ONE_U8;
            default -> MemoryKind.ONE_F16;
        };
    }

    public boolean scaled() {
        return element == MemoryKind.S8;
    }

    /** In a head's part of a block: the scales of its keys; those of its values follow. */
    public int scaleStart() {
        return 2 * valueStart();
    }

    /** Of the scales of a block's keys, or values, of one head. */
    public int scaleBytes() {
        return scaled() ? 2 * BLOCK_POSITIONS : 0;
    }

    /** The 16 elements at an address, as they are before their scale. */
    Node load(KernelBuilder k, Node at) {
        Node loaded = k.load(element, at);
        return scaled() ? k.toF32(loaded) : loaded;
    }

    public int valueStart() {
        return BLOCK_POSITIONS * headWidth * elementBytes();
    }

    public int headBytes() {
        return scaleStart() + 2 * scaleBytes();
    }

    public int blockBytes() {
        return keyHeads * headBytes();
    }

    /** Of one head's part of attention. */
    public int partBytes() {
        return new Part(headWidth).bytes();
    }
}
