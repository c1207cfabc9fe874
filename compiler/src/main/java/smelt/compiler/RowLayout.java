package smelt.compiler;

import smelt.graph.Type;

/**
 * Bytes of one row of activations. Rows of f32 are padded with zeros to whole vectors, with one vector of slack after
 * them; quantised ones are {@link QuantisedRow}s.
 */
public final class RowLayout {
    private RowLayout() {}

    public static int stride(Type type) {
        return switch (type) {
            case Type.Rows rows -> floatStride(rows.width());
            case Type.Quantised quantised -> new QuantisedRow(quantised).stride();
            case Type.Weight weight -> throw new IllegalStateException("not a row: " + weight);
            case Type.Value value -> throw new IllegalStateException("not a row: " + value);
            case Type.Effect effect -> throw new IllegalStateException("not a row: " + effect);
        };
    }

    public static int floatStride(int width) {
        return align(width * 4) + 64;
    }

    private static int align(int bytes) {
        return (bytes + 63) / 64 * 64;
    }
}
