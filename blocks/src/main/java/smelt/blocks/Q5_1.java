package smelt.blocks;

import smelt.base.DType;

/** 32 values: scale f16 @0, offset f16 @2, fifth bits @4, low nibbles @8; scale * code + offset. */
final class Q5_1 extends QuantisedFormat {
    static final Q5_1 FORMAT = new Q5_1();

    private Q5_1() {
        super(DType.Q5_1, 32, true, 0, 31);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        Nibbles.unpackFive(src, at + 4, at + 8, codes, c);
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        scales[g] = Scales.f16(src, at);
        offsets[g] = Scales.f16(src, at + 2);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float min = Extremes.min(src, from, 32);
        float scale = (Extremes.max(src, from, 32) - min) / 31;
        float inverse = Extremes.inverse(scale);
        Scales.putF16(dst, at, scale);
        Scales.putF16(dst, at + 2, min);
        for (int i = 0; i < 32; i++) {
            Nibbles.putFive(dst, at + 4, at + 8, i, Math.min(31, (int) ((src[from + i] - min) * inverse + 0.5f)));
        }
    }
}
