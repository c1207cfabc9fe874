package smelt.planner.model;

/** What follows from a shape by counting: the only place that knows. */
public final class Counts {
    private Counts() {}

    /** All parameters of the text model. */
    public static long parameters(ModelShape shape) {
        throw new UnsupportedOperationException("parameters of " + shape.name());
    }

    /** Parameters that one token is multiplied with or looks up, the embedding counted whole. */
    public static long activeParameters(ModelShape shape) {
        throw new UnsupportedOperationException("active parameters of " + shape.name());
    }

    /** Bytes of all weights, as {@code formats} keep them. */
    public static long weightBytes(ModelShape shape, NumberFormats formats) {
        throw new UnsupportedOperationException("bytes of " + shape.name() + " in " + formats);
    }

    /**
     * Bytes of keys and values that one more token takes at {@code position}: nothing in layers whose window is full.
     */
    public static double kvBytesPerToken(ModelShape shape, NumberFormats formats, int position) {
        throw new UnsupportedOperationException("KV bytes of " + shape.name() + " in " + formats + " at " + position);
    }

    /** Bytes that each sequence takes whatever its length: states of linear attention. */
    public static long stateBytes(ModelShape shape, NumberFormats formats) {
        throw new UnsupportedOperationException("state bytes of " + shape.name() + " in " + formats);
    }
}
