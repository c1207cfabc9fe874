package smelt.blocks;

import smelt.base.DType;

/**
 * 256 values in groups of 16: low nibbles @0, high two bits @128, signed byte scales @192, d f16 @208; d * scale *
 * (code - 32).
 */
final class Q6_K extends SuperBlockFormat {
    static final Q6_K FORMAT = new Q6_K();

    private static final int GROUPS = 16;

    private Q6_K() {
        super(DType.Q6_K, 16, -32, 31, 208);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int e = 0; e < 256; e += ByteLanes.COUNT) {
            long low = ByteLanes.field(ByteLanes.get(src, at + lowByte(e)), lowShift(e), 4);
            long high = ByteLanes.field(ByteLanes.get(src, at + 128 + highByte(e)), highShift(e), 2);
            ByteLanes.put(codes, c + e, low | high << 4);
        }
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        System.arraycopy(src, at + 192, scales, g, GROUPS);
    }

    private static int lowByte(int e) {
        return e / 128 * 64 + e % 64;
    }

    private static int lowShift(int e) {
        return e % 128 / 64 * 4;
    }

    private static int highByte(int e) {
        return e / 128 * 32 + e % 32;
    }

    private static int highShift(int e) {
        return e % 128 / 32 * 2;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        int[] codes = new int[256];
        float[] scales = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = SymmetricScale.search(src, from + 16 * g, 32, codes, 16 * g);
        }
        float largest = Extremes.largest(scales, 0, GROUPS);
        if (Math.abs(largest) < SymmetricScale.NEGLIGIBLE) {
            return;
        }
        float inverse = -128 / largest;
        Scales.putF16(dst, at + 208, 1 / inverse);
        for (int g = 0; g < GROUPS; g++) {
            dst[at + 192 + g] = (byte) Math.min(127, Extremes.roundEven(inverse * scales[g]));
            float scale = Scales.f16(dst, at + 208) * dst[at + 192 + g];
            SymmetricScale.requantise(src, from + 16 * g, scale, 32, codes, 16 * g);
        }
        for (int e = 0; e < 256; e++) {
            dst[at + lowByte(e)] |= (byte) ((codes[e] & 15) << lowShift(e));
            dst[at + 128 + highByte(e)] |= (byte) (codes[e] >> 4 << highShift(e));
        }
    }
}
