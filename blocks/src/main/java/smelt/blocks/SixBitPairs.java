package smelt.blocks;

/**
 * What Q4_K and Q5_K share: d f16 @0, dmin f16 @2, and @4 eight 6-bit scales with eight 6-bit mins in 12 bytes, one
 * pair per 32 of 256 values; d * scale * code - dmin * min.
 */
final class SixBitPairs {
    private static final int GROUPS = 8;

    private SixBitPairs() {}

    /** The 12 bytes at {@code src[at]}. */
    static void unpack(byte[] src, int at, byte[] scales, byte[] mins, int g) {
        for (int i = 0; i < GROUPS; i++) {
            scales[g + i] = (byte) scale(src, at, i);
            mins[g + i] = (byte) min(src, at, i);
        }
    }

    private static int scale(byte[] b, int at, int i) {
        return i < 4 ? b[at + i] & 63 : (b[at + i + 4] & 15) | ((b[at + i - 4] >> 2) & 48);
    }

    private static int min(byte[] b, int at, int i) {
        return i < 4 ? b[at + i + 4] & 63 : ((b[at + i + 4] >> 4) & 15) | ((b[at + i] >> 2) & 48);
    }

    private static void put(byte[] b, int at, int i, int scale, int min) {
        if (i < 4) {
            b[at + i] |= (byte) scale;
            b[at + i + 4] |= (byte) min;
        } else {
            b[at + i + 4] |= (byte) ((scale & 15) | min << 4);
            b[at + i - 4] |= (byte) (scale >> 4 << 6);
            b[at + i] |= (byte) (min >> 4 << 6);
        }
    }

    /** Writes the 16 bytes of scales and returns the 256 codes, 0 to {@code maxCode}, that fit them. */
    static int[] encode(float[] src, int from, byte[] dst, int at, int maxCode, float firstStep, int steps) {
        int[] codes = new int[256];
        float[] scales = new float[GROUPS];
        float[] mins = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            float[] weights = weights(src, from + 32 * g);
            ScaleAndMin found = ScaleAndMin.search(src, from + 32 * g, weights, maxCode, firstStep, steps, false);
            scales[g] = found.scale();
            mins[g] = found.min();
            found.copyTo(codes, 32 * g);
        }
        putScales(scales, mins, dst, at);
        for (int g = 0; g < GROUPS; g++) {
            float scale = Scales.f16(dst, at) * scale(dst, at + 4, g);
            float min = Scales.f16(dst, at + 2) * min(dst, at + 4, g);
            ScaleAndMin.requantise(src, from + 32 * g, 32, scale, min, maxCode, codes, 32 * g);
        }
        return codes;
    }

    /** Magnitude plus the root mean square of the group. */
    private static float[] weights(float[] src, int from) {
        float squares = 0;
        for (int i = 0; i < 32; i++) {
            squares += src[from + i] * src[from + i];
        }
        float rms = (float) Math.sqrt(squares / 32);
        float[] weights = new float[32];
        for (int i = 0; i < 32; i++) {
            weights[i] = rms + Math.abs(src[from + i]);
        }
        return weights;
    }

    private static void putScales(float[] scales, float[] mins, byte[] dst, int at) {
        float maxScale = Math.max(0, Extremes.max(scales, 0, GROUPS));
        float maxMin = Math.max(0, Extremes.max(mins, 0, GROUPS));
        float scaleInverse = maxScale > 0 ? 63 / maxScale : 0;
        float minInverse = maxMin > 0 ? 63 / maxMin : 0;
        for (int g = 0; g < GROUPS; g++) {
            int scale = Math.min(63, Extremes.roundEven(scaleInverse * scales[g]) & 0xFF);
            int min = Math.min(63, Extremes.roundEven(minInverse * mins[g]) & 0xFF);
            put(dst, at + 4, g, scale, min);
        }
        Scales.putF16(dst, at, maxScale / 63);
        Scales.putF16(dst, at + 2, maxMin / 63);
    }
}
