package smelt.blocks;

import smelt.base.DType;

/**
 * 256 ternary values: 2-bit codes @0, scale f16 @64; scale * (code - 1). Code 3, which no encoder writes, decodes to 2.
 */
final class TQ2_0 extends QuantisedFormat {
    static final TQ2_0 FORMAT = new TQ2_0();

    private TQ2_0() {
        super(DType.TQ2_0, 32, false, -1, 2);
    }

    @Override
    void unpackBlock(byte[] src, int at, byte[] quants, int q, float[] scales, float[] offsets, int g) {
        float scale = Scales.f16(src, at + 64);
        for (int i = 0; i < 8; i++) {
            scales[g + i] = scale;
        }
        for (int e = 0; e < 256; e += ByteLanes.COUNT) {
            long lanes = ByteLanes.get(src, at + e / 128 * 32 + e % 32);
            ByteLanes.put(quants, q + e, ByteLanes.minus(ByteLanes.field(lanes, e % 128 / 32 * 2, 2), 1));
        }
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float scale = Math.abs(Extremes.largest(src, from, 256));
        float inverse = Extremes.inverse(scale);
        int[] codes = new int[256];
        for (int e = 0; e < 256; e++) {
            codes[e] = Extremes.round(src[from + e] * inverse) + 1;
        }
        TwoBits.pack(codes, dst, at);
        Scales.putF16(dst, at + 64, scale);
    }
}
