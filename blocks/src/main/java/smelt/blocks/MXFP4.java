package smelt.blocks;

import smelt.base.DType;

/** 32 values: a power of two as E8M0 @0, {@link E2M1} codes @1; 2^(e - 128) * doubled value. */
final class MXFP4 extends QuantisedFormat {
    static final MXFP4 FORMAT = new MXFP4();

    private static final int BIAS = 127;

    /** The exponent of the greatest code, 6 = 1.5 * 2^2. */
    private static final int GREATEST = 2;

    private MXFP4() {
        super(DType.MXFP4, 32, E2M1.DOUBLED);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        Nibbles.unpack(src, at + 1, codes, c);
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        scales[g] = Scales.halfE8M0(src[at] & 0xFF);
    }

    @Override
    public int scaleAt() {
        return -1;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float largest = Math.abs(Extremes.largest(src, from, 32));
        int exponent = largest > 0 ? Extremes.clamp(floorLog2(largest) - GREATEST + BIAS, 0, 254) : 0;
        float scale = Scales.halfE8M0(exponent);
        dst[at] = (byte) exponent;
        for (int i = 0; i < 32; i++) {
            Nibbles.put(dst, at + 1, i, E2M1.nearest(src[from + i], scale));
        }
    }

    /** Of the logarithm rounded to a float, which just below a power of two is that power's. */
    private static int floorLog2(float x) {
        return (int) Math.floor((float) (StrictMath.log(x) / StrictMath.log(2)));
    }
}
