package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import smelt.compiler.SummaryLayout;

/**
 * What a runner tells of the chunks of a row of logits, in plain Java: the definition, to the bit, of what kernels
 * compute, for runners without any and for rows that are changed afterwards.
 */
public final class LogitChunks {
    /** Tokens of a chunk; the last one may have fewer. */
    public static final int SIZE = SummaryLayout.CHUNK;

    private static final int LANES = 16;
    /** Added to a float below 2^22 it leaves no room for a fraction. */
    private static final float ROUND = 1.5f * (1 << 23);

    private static final float LEAST = (float) -87.3;
    private static final float MOST = (float) 88.3;
    private static final float LOG2_E = (float) 1.4426950408889634;
    private static final float LN2_HIGH = (float) -0.693359375;
    private static final float LN2_LOW = (float) 2.12194440e-4;
    private static final float C7 = (float) 1.9875691500e-4;
    private static final float C6 = (float) 1.3981999507e-3;
    private static final float C5 = (float) 8.3334519073e-3;
    private static final float C4 = (float) 4.1665795894e-2;
    private static final float C3 = (float) 1.6666665459e-1;
    private static final float C2 = (float) 5.0000001201e-1;

    private LogitChunks() {}

    public static int count(int vocabulary) {
        return Math.ceilDiv(vocabulary, SIZE);
    }

    /** What logits are multiplied with at a temperature above 0. */
    public static float scale(double temperature) {
        return (float) Math.min(1 / temperature, Float.MAX_VALUE);
    }

    /** The largest of {@code values[from..to)}; +Infinity where one is NaN or that. */
    public static float max(float[] values, int from, int to) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, values[i]);
        }
        return Float.isNaN(max) ? Float.POSITIVE_INFINITY : max;
    }

    /**
     * The sum of exp((value - max) * scale) over {@code values[from..to)}: in each of 16 lanes every 16th in ascending
     * order, then the lanes pairwise, 0 with 8, 1 with 9 and so on, until one is left.
     */
    public static float mass(float[] values, int from, int to, float max, float scale) {
        return mass(values, from, to, max, scale, 1);
    }

    private static float mass(float[] values, int from, int to, float max, float scale, int stride) {
        if (stride < LANES) {
            return mass(values, from, to, max, scale, 2 * stride)
                    + mass(values, from + stride, to, max, scale, 2 * stride);
        }
        float sum = 0;
        for (int i = from; i < to; i += LANES) {
            sum += exp((values[i] - max) * scale);
        }
        return sum;
    }

    /** Cephes' polynomial for single precision, in the steps of the compiler's; x is clamped to [-87.3, 88.3]. */
    private static float exp(float x) {
        float low = x > LEAST ? x : LEAST;
        float clamped = low < MOST ? low : MOST;
        float shifted = clamped * LOG2_E + ROUND;
        float n = shifted - ROUND;
        float r = Math.fma(n, LN2_LOW, Math.fma(n, LN2_HIGH, clamped));
        float p = Math.fma(C7, r, C6);
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        return (Math.fma(p, r * r, r) + 1) * Float.intBitsToFloat(((int) n + 127) << 23);
    }

    static void maxima(MemorySegment row, float[] to) {
        maxima(row.toArray(ValueLayout.JAVA_FLOAT), to);
    }

    static void maxima(float[] row, float[] to) {
        for (int from = 0, chunk = 0; from < row.length; from += SIZE, chunk++) {
            to[chunk] = max(row, from, Math.min(row.length, from + SIZE));
        }
    }

    static void masses(MemorySegment row, float scale, float[] to) {
        masses(row.toArray(ValueLayout.JAVA_FLOAT), scale, to);
    }

    static void masses(float[] row, float scale, float[] to) {
        for (int from = 0, chunk = 0; from < row.length; from += SIZE, chunk++) {
            int end = Math.min(row.length, from + SIZE);
            to[chunk] = mass(row, from, end, max(row, from, end), scale);
        }
    }
}
