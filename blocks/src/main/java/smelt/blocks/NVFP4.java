package smelt.blocks;

import smelt.base.DType;

/**
 * 64 values in groups of 16: four unsigned E4M3 scales @0, {@link E2M1} codes @4, 8 bytes per group, low nibbles first.
 */
final class NVFP4 extends QuantisedFormat {
    static final NVFP4 FORMAT = new NVFP4();

    private static final int GROUPS = 4;
    private static final float[] SCALES = new float[256];

    static {
        for (int bits = 0; bits < SCALES.length; bits++) {
            SCALES[bits] = Scales.halfUE4M3(bits);
        }
    }

    private NVFP4() {
        super(DType.NVFP4, 16, E2M1.DOUBLED);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int group = 0; group < GROUPS; group++) {
            long lanes = ByteLanes.get(src, at + 4 + 8 * group);
            ByteLanes.put(codes, c + 16 * group, ByteLanes.field(lanes, 0, 4));
            ByteLanes.put(codes, c + 16 * group + 8, ByteLanes.field(lanes, 4, 4));
        }
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        for (int group = 0; group < GROUPS; group++) {
            scales[g + group] = SCALES[src[at + group] & 0xFF];
        }
    }

    @Override
    public int scaleAt() {
        return -1;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        for (int group = 0; group < GROUPS; group++) {
            int first = from + 16 * group;
            int bits = Scales.ue4m3(Math.abs(Extremes.largest(src, first, 16)) / 6);
            dst[at + group] = (byte) bits;
            for (int j = 0; j < 8; j++) {
                int low = E2M1.nearest(src[first + j], SCALES[bits]);
                int high = E2M1.nearest(src[first + 8 + j], SCALES[bits]);
                dst[at + 4 + 8 * group + j] = (byte) (low | high << 4);
            }
        }
    }
}
