package smelt.compiler;

/**
 * What the step tells of each wanted row of logits, so that nobody need read all of it: for each chunk of columns the
 * largest logit, then, for each of {@link #MASSES} scales, the mass: the sum of exp((logit - largest of the chunk) *
 * scale). f32, each part padded to whole vectors.
 */
public record SummaryLayout(int width) {
    /** Columns of a chunk. */
    public static final int CHUNK = 128;

    /** Scales of a row. */
    public static final int MASSES = 2;

    public int chunks() {
        return (width + CHUNK - 1) / CHUNK;
    }

    /** Byte offset of the masses of scale {@code number}. */
    public int masses(int number) {
        return (1 + number) * partBytes();
    }

    public int stride() {
        return (1 + MASSES) * partBytes();
    }

    private int partBytes() {
        return (chunks() * 4 + 63) / 64 * 64;
    }
}
