package smelt.blocks;

import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * 256 values in groups of 32: d f16 @0, low bytes of 64 grid points @2, their ninth bits @66, signs @74, scale
 * nibbles @106; d * (1 + 2 * scale) * point, four values of a {@link Grid3} point at a time.
 */
final class IQ3_S extends QuantisedFormat {
    static final IQ3_S FORMAT = new IQ3_S();

    private static final int GROUPS = 8;

    private IQ3_S() {
        super(DType.IQ3_S, 32, false, -15, 15);
    }

    @Override
    void unpackBlock(byte[] src, int at, byte[] quants, int q, float[] scales, float[] offsets, int g) {
        float d = Scales.f16(src, at);
        for (int i = 0; i < GROUPS; i++) {
            scales[g + i] = d * (1 + 2 * (src[at + 106 + i / 2] >> (i % 2 * 4) & 15));
        }
        for (int eight = 0; eight < 32; eight++) {
            long low = Grid3.lanesOf(point(src, at, 2 * eight));
            long high = Grid3.lanesOf(point(src, at, 2 * eight + 1));
            long signs = ByteLanes.spread(src[at + 74 + eight]);
            ByteLanes.put(quants, q + 8 * eight, ByteLanes.negate(low | high << 32, signs));
        }
    }

    private static int point(byte[] src, int at, int i) {
        return (src[at + 2 + i] & 0xFF) | (src[at + 66 + i / 8] >> (i % 8) & 1) << 8;
    }

    @Override
    public boolean canEncode() {
        return false;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        throw Failure.of(FailureCode.UNSUPPORTED, "IQ3_S is only read");
    }
}
