package smelt.blocks;

import smelt.base.DType;

/**
 * 256 values in groups of 16: a byte per group @0 (scale nibble, min nibble), 2-bit codes @16, d f16 @80, dmin f16 @82;
 * d * scale * code - dmin * min.
 */
final class Q2_K extends SuperBlockFormat {
    static final Q2_K FORMAT = new Q2_K();

    private static final int GROUPS = 16;

    private Q2_K() {
        super(DType.Q2_K, 16, 0, 3, 80, 82);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        TwoBits.unpack(src, at + 16, codes, c);
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        for (int i = 0; i < GROUPS; i++) {
            scales[g + i] = (byte) (src[at + i] & 15);
            offsets[g + i] = (byte) ((src[at + i] >> 4) & 15);
        }
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        int[] codes = new int[256];
        float[] scales = new float[GROUPS];
        float[] mins = new float[GROUPS];
        float[] weights = new float[16];
        for (int g = 0; g < GROUPS; g++) {
            for (int i = 0; i < 16; i++) {
                weights[i] = Math.abs(src[from + 16 * g + i]);
            }
            ScaleAndMin found = ScaleAndMin.search(src, from + 16 * g, weights, 3, -0.5f, 15, true);
            scales[g] = found.scale();
            mins[g] = found.min();
            found.copyTo(codes, 16 * g);
        }
        putScales(scales, mins, dst, at);
        requantise(src, from, dst, at, codes);
        TwoBits.pack(codes, dst, at + 16);
    }

    private static void putScales(float[] scales, float[] mins, byte[] dst, int at) {
        float maxScale = Math.max(0, Extremes.max(scales, 0, GROUPS));
        float maxMin = Math.max(0, Extremes.max(mins, 0, GROUPS));
        float scaleInverse = maxScale > 0 ? 15 / maxScale : 0;
        float minInverse = maxMin > 0 ? 15 / maxMin : 0;
        for (int g = 0; g < GROUPS; g++) {
            int scale = Extremes.roundEven(scaleInverse * scales[g]);
            int min = Extremes.roundEven(minInverse * mins[g]);
            dst[at + g] = (byte) (scale | min << 4);
        }
        Scales.putF16(dst, at + 80, maxScale / 15);
        Scales.putF16(dst, at + 82, maxMin / 15);
    }

    /** The codes that fit the scales as they were stored. */
    private static void requantise(float[] src, int from, byte[] dst, int at, int[] codes) {
        for (int g = 0; g < GROUPS; g++) {
            float scale = Scales.f16(dst, at + 80) * (dst[at + g] & 15);
            float min = Scales.f16(dst, at + 82) * ((dst[at + g] >> 4) & 15);
            ScaleAndMin.requantise(src, from + 16 * g, 16, scale, min, 3, codes, 16 * g);
        }
    }
}
