package smelt.blocks;

import smelt.base.DType;

/**
 * 256 values in groups of 32: d f16 @0, low bytes of 64 grid points @2, their ninth bits @66, signs @74, scale
 * nibbles @106; d * (1 + 2 * scale) * point, four values of a {@link Grid3} point at a time.
 */
final class IQ3_S extends SuperBlockFormat {
    private static final byte[] LEVELS = {-15, -13, -11, -9, -7, -5, -3, -1, 1, 3, 5, 7, 9, 11, 13, 15};

    static final IQ3_S FORMAT = new IQ3_S();

    private static final int GROUPS = 8;

    /** 1 + 2 * 15. */
    private static final int MAX_FACTOR = 31;

    /** What ggml found to lower the error after rounding. */
    private static final float WIDER = 1.033f;

    private IQ3_S() {
        super(DType.IQ3_S, 32, LEVELS, 0);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int eight = 0; eight < 32; eight++) {
            long low = Grid3.lanesOf(point(src, at, 2 * eight));
            long high = Grid3.lanesOf(point(src, at, 2 * eight + 1));
            long signs = ByteLanes.spread(src[at + 74 + eight]);
            // An odd number n has the code (n + 15) / 2, and -n the code 15 - that.
            long codesOfSizes = ByteLanes.field((low | high << 32) + ByteLanes.splat(15), 1, 4);
            ByteLanes.put(codes, c + 8 * eight, codesOfSizes ^ signs * 15);
        }
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        for (int i = 0; i < GROUPS; i++) {
            scales[g + i] = (byte) (1 + 2 * (src[at + 106 + i / 2] >> (i % 2 * 4) & 15));
        }
    }

    private static int point(byte[] src, int at, int i) {
        return (src[at + 2 + i] & 0xFF) | (src[at + 66 + i / 8] >> (i % 8) & 1) << 8;
    }

    @Override
    public boolean codesAreBits() {
        return false;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float[] scales = new float[GROUPS];
        for (int g = 0; g < GROUPS; g++) {
            Grid3Fit fit = Grid3Fit.search(src, from + 32 * g);
            scales[g] = fit.scale();
            for (int i = 0; i < 8; i++) {
                putPoint(dst, at, 8 * g + i, fit.point(i));
            }
        }
        for (int e = 0; e < 256; e++) {
            dst[at + 74 + e / 8] |= (byte) ((src[from + e] < 0 ? 1 : 0) << (e % 8));
        }
        float d = Extremes.max(scales, 0, GROUPS) / MAX_FACTOR;
        if (d == 0) {
            return;
        }
        Scales.putF16(dst, at, d * WIDER);
        for (int g = 0; g < GROUPS; g++) {
            int code = Extremes.clamp(Extremes.roundEven(0.5f * (1 / d * scales[g] - 1)), 0, 15);
            dst[at + 106 + g / 2] |= (byte) (code << (g % 2 * 4));
        }
    }

    private static void putPoint(byte[] dst, int at, int i, int point) {
        dst[at + 2 + i] = (byte) point;
        dst[at + 66 + i / 8] |= (byte) (point >> 8 << (i % 8));
    }
}
