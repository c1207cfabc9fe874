package smelt.blocks;

/** What the simple quantisers look for in a block. */
final class Extremes {
    private Extremes() {}

    /** The value of greatest magnitude, with its sign; of equals the first. */
    static float largest(float[] x, int from, int count) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            if (Math.abs(x[i]) > Math.abs(largest)) {
                largest = x[i];
            }
        }
        return largest;
    }

    static float min(float[] x, int from, int count) {
        float min = Float.MAX_VALUE;
        for (int i = from; i < from + count; i++) {
            if (x[i] < min) {
                min = x[i];
            }
        }
        return min;
    }

    static float max(float[] x, int from, int count) {
        float max = -Float.MAX_VALUE;
        for (int i = from; i < from + count; i++) {
            if (x[i] > max) {
                max = x[i];
            }
        }
        return max;
    }

    /** 1 / scale, or 0 for 0. */
    static float inverse(float scale) {
        return scale == 0 ? 0 : 1 / scale;
    }

    /** Nearest integer, halves away from zero. */
    static int round(float x) {
        return (int) (x + Math.copySign(0.5, x));
    }

    /** Nearest integer, halves to even. */
    static int roundEven(float x) {
        return (int) Math.rint(x);
    }

    static int clamp(int value, int min, int max) {
        return Math.max(min, Math.min(max, value));
    }
}
