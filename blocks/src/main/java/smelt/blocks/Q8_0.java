package smelt.blocks;

import smelt.base.DType;

/** 32 values: scale f16 @0, signed bytes @2; scale * byte. */
final class Q8_0 extends QuantisedFormat {
    static final Q8_0 FORMAT = new Q8_0();

    private Q8_0() {
        super(DType.Q8_0, 32, false, -128, 127);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int i = 0; i < 32; i += ByteLanes.COUNT) {
            ByteLanes.put(codes, c + i, ByteLanes.flipTops(ByteLanes.get(src, at + 2 + i)));
        }
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        scales[g] = Scales.f16(src, at);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float scale = Math.abs(Extremes.largest(src, from, 32)) / 127;
        float inverse = Extremes.inverse(scale);
        Scales.putF16(dst, at, scale);
        for (int i = 0; i < 32; i++) {
            dst[at + 2 + i] = (byte) Extremes.round(src[from + i] * inverse);
        }
    }
}
