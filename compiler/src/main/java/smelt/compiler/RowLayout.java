package smelt.compiler;

import smelt.graph.Type;

/**
 * Bytes of one row of activations.
 *
 * <p>Rows of f32 are padded with zeros to whole vectors, with one vector of slack after them. A quantised row has five
 * regions: int8 codes; per block of 32 columns an f32 scale, the negative sum of codes (i32) and scale times sum (f32);
 * then the negative sums and scaled sums per 16 columns.
 */
public final class RowLayout {
    private RowLayout() {}

    public static int stride(Type type) {
        return switch (type) {
            case Type.Rows rows -> floatStride(rows.width());
            case Type.Quantised quantised -> scaledSums16(quantised.width()) + align(quantised.width() / 16 * 4);
            case Type.Weight weight -> throw new IllegalStateException("not a row: " + weight);
            case Type.Value value -> throw new IllegalStateException("not a row: " + value);
            case Type.Effect effect -> throw new IllegalStateException("not a row: " + effect);
        };
    }

    public static int floatStride(int width) {
        return align(width * 4) + 64;
    }

    static int scales(int width) {
        return align(width);
    }

    static int negativeSums(int width) {
        return scales(width) + align(width / 32 * 4);
    }

    static int scaledSums(int width) {
        return negativeSums(width) + align(width / 32 * 4);
    }

    static int negativeSums16(int width) {
        return scaledSums(width) + align(width / 32 * 4);
    }

    static int scaledSums16(int width) {
        return negativeSums16(width) + align(width / 16 * 4);
    }

    private static int align(int bytes) {
        return (bytes + 63) / 64 * 64;
    }
}
