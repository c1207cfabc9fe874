package smelt.blocks;

import smelt.base.DType;

/** 256 values in groups of 32: scales and mins @0 ({@link SixBitPairs}), codes 0 to 15 @16, two groups per 32 bytes. */
final class Q4_K extends SuperBlockFormat {
    static final Q4_K FORMAT = new Q4_K();

    private Q4_K() {
        super(DType.Q4_K, 32, 0, 15, 0, 2);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int pair = 0; pair < 4; pair++) {
            for (int l = 0; l < 32; l += ByteLanes.COUNT) {
                long lanes = ByteLanes.get(src, at + 16 + 32 * pair + l);
                ByteLanes.put(codes, c + 64 * pair + l, ByteLanes.field(lanes, 0, 4));
                ByteLanes.put(codes, c + 64 * pair + 32 + l, ByteLanes.field(lanes, 4, 4));
            }
        }
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        SixBitPairs.unpack(src, at + 4, scales, offsets, g);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        int[] codes = SixBitPairs.encode(src, from, dst, at, 15, -1, 20);
        for (int e = 0; e < 256; e++) {
            dst[at + 16 + e / 64 * 32 + e % 32] |= (byte) (codes[e] << (e % 64 / 32 * 4));
        }
    }
}
