package smelt.blocks;

import smelt.base.DType;

/**
 * 256 values in groups of 32: d f16 @0, high two bits of eight 6-bit scales @2, their low nibbles @4, codes of
 * {@link TableScale#LEVELS} @8; d * (scale - 32) * level.
 */
final class IQ4_XS extends SuperBlockFormat {
    static final IQ4_XS FORMAT = new IQ4_XS();

    private static final int GROUPS = 8;

    private IQ4_XS() {
        super(DType.IQ4_XS, 32, TableScale.LEVELS, 0);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int i = 0; i < GROUPS; i++) {
            Nibbles.unpack(src, at + 8 + 16 * i, codes, c + 32 * i);
        }
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        int high = Scales.u16(src, at + 2);
        for (int i = 0; i < GROUPS; i++) {
            int low = (src[at + 4 + i / 2] >> (i % 2 * 4)) & 15;
            scales[g + i] = (byte) ((low | (high >> (2 * i) & 3) << 4) - 32);
        }
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float[] scales = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = TableScale.search(src, from + 32 * g);
        }
        float d = -Extremes.largest(scales, 0, GROUPS) / 32;
        float inverse = Extremes.inverse(d);
        int high = 0;
        for (int g = 0; g < GROUPS; g++) {
            int l = Extremes.clamp(Extremes.roundEven(inverse * scales[g]), -32, 31);
            float scaleInverse = Extremes.inverse(d * l);
            for (int i = 0; i < 32; i++) {
                float scaled = scaleInverse * src[from + 32 * g + i];
                Nibbles.put(dst, at + 8 + 16 * g, i, TableScale.nearest(scaled));
            }
            dst[at + 4 + g / 2] |= (byte) (((l + 32) & 15) << (g % 2 * 4));
            high |= (l + 32) >> 4 << (2 * g);
        }
        Scales.putF16(dst, at, d);
        Scales.putU16(dst, at + 2, high);
    }
}
