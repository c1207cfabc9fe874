package smelt.blocks;

import smelt.base.DType;

/** 32 values: scale f16 @0, offset f16 @2, codes 0 to 15 @4; scale * code + offset. */
final class Q4_1 extends QuantisedFormat {
    static final Q4_1 FORMAT = new Q4_1();

    private Q4_1() {
        super(DType.Q4_1, 32, true, 0, 15);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        Nibbles.unpack(src, at + 4, codes, c);
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        scales[g] = Scales.f16(src, at);
        offsets[g] = Scales.f16(src, at + 2);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float min = Extremes.min(src, from, 32);
        float scale = (Extremes.max(src, from, 32) - min) / 15;
        float inverse = Extremes.inverse(scale);
        Scales.putF16(dst, at, scale);
        Scales.putF16(dst, at + 2, min);
        for (int i = 0; i < 32; i++) {
            Nibbles.put(dst, at + 4, i, Math.min(15, (int) ((src[from + i] - min) * inverse + 0.5f)));
        }
    }
}
