package smelt.blocks;

import smelt.base.DType;

/**
 * 256 values in groups of 16: high bits @0, low two bits @32, 6-bit scales @96 (12 bytes), d f16 @108; d * (scale - 32)
 * * (code - 4).
 */
final class Q3_K extends SuperBlockFormat {
    static final Q3_K FORMAT = new Q3_K();

    private static final int GROUPS = 16;

    private Q3_K() {
        super(DType.Q3_K, 16, -4, 3, 108);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int e = 0; e < 256; e += ByteLanes.COUNT) {
            int l = e % 32;
            long low = ByteLanes.field(ByteLanes.get(src, at + 32 + e / 128 * 32 + l), e % 128 / 32 * 2, 2);
            long high = ByteLanes.field(ByteLanes.get(src, at + l), e / 32, 1);
            ByteLanes.put(codes, c + e, low | high << 2);
        }
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        for (int i = 0; i < GROUPS; i++) {
            scales[g + i] = (byte) (scale(src, at + 96, i) - 32);
        }
    }

    /** Scale {@code i} of 16, 0 to 63: four low bits in byte i mod 8, two high bits in byte 8 + i mod 4. */
    private static int scale(byte[] src, int at, int i) {
        int low = (src[at + i % 8] >> (i / 8 * 4)) & 15;
        int high = (src[at + 8 + i % 4] >> (i / 4 * 2)) & 3;
        return low | high << 4;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        int[] codes = new int[256];
        float[] scales = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = SymmetricScale.refine(src, from + 16 * g, 4, codes, 16 * g);
        }
        putScales(scales, dst, at);
        for (int g = 0; g < GROUPS; g++) {
            float scale = Scales.f16(dst, at + 108) * (scale(dst, at + 96, g) - 32);
            SymmetricScale.requantise(src, from + 16 * g, scale, 4, codes, 16 * g);
        }
        for (int e = 0; e < 256; e++) {
            dst[at + e % 32] |= (byte) (codes[e] >> 2 << (e / 32));
        }
        TwoBits.pack(codes, dst, at + 32);
    }

    private static void putScales(float[] scales, byte[] dst, int at) {
        float largest = Extremes.largest(scales, 0, GROUPS);
        if (largest == 0) {
            return;
        }
        float inverse = -32 / largest;
        for (int i = 0; i < GROUPS; i++) {
            int scale = Extremes.clamp(Extremes.roundEven(inverse * scales[i]), -32, 31) + 32;
            dst[at + 96 + i % 8] |= (byte) ((scale & 15) << (i / 8 * 4));
            dst[at + 104 + i % 4] |= (byte) (scale >> 4 << (i / 4 * 2));
        }
        Scales.putF16(dst, at + 108, 1 / inverse);
    }
}
