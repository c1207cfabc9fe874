package smelt.blocks;

import smelt.base.DType;

/** 32 values: scale f16 @0, codes 0 to 15 @2; scale * (code - 8). */
final class Q4_0 extends QuantisedFormat {
    static final Q4_0 FORMAT = new Q4_0();

    private Q4_0() {
        super(DType.Q4_0, 32, false, -8, 7);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        Nibbles.unpack(src, at + 2, codes, c);
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        scales[g] = Scales.f16(src, at);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float scale = Extremes.largest(src, from, 32) / -8;
        float inverse = Extremes.inverse(scale);
        Scales.putF16(dst, at, scale);
        for (int i = 0; i < 32; i++) {
            Nibbles.put(dst, at + 2, i, Math.min(15, (int) (src[from + i] * inverse + 8.5f)));
        }
    }
}
