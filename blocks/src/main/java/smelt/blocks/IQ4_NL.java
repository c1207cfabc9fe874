package smelt.blocks;

import smelt.base.DType;

/** 32 values: scale f16 @0, codes of {@link TableScale#LEVELS} @2; scale * level. */
final class IQ4_NL extends QuantisedFormat {
    static final IQ4_NL FORMAT = new IQ4_NL();

    private IQ4_NL() {
        super(DType.IQ4_NL, 32, TableScale.LEVELS);
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
        float scale = TableScale.search(src, from);
        float inverse = Extremes.inverse(scale);
        Scales.putF16(dst, at, scale);
        for (int i = 0; i < 32; i++) {
            Nibbles.put(dst, at + 2, i, TableScale.nearest(inverse * src[from + i]));
        }
    }
}
