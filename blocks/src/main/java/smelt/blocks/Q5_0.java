package smelt.blocks;

import smelt.base.DType;

/** 32 values: scale f16 @0, fifth bits @2, low nibbles @6; scale * (code - 16). */
final class Q5_0 extends QuantisedFormat {
    static final Q5_0 FORMAT = new Q5_0();

    private Q5_0() {
        super(DType.Q5_0, 32, false, -16, 15);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        Nibbles.unpackFive(src, at + 2, at + 6, codes, c);
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        scales[g] = Scales.f16(src, at);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float scale = Extremes.largest(src, from, 32) / -16;
        float inverse = Extremes.inverse(scale);
        Scales.putF16(dst, at, scale);
        for (int i = 0; i < 32; i++) {
            Nibbles.putFive(dst, at + 2, at + 6, i, Math.min(31, (int) (src[from + i] * inverse + 16.5f)));
        }
    }
}
