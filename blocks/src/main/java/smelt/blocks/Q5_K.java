package smelt.blocks;

import smelt.base.DType;

/**
 * 256 values in groups of 32: scales and mins @0 ({@link SixBitPairs}), fifth bits @16 (bit g of byte l is element l of
 * group g), low nibbles @48, two groups per 32 bytes.
 */
final class Q5_K extends SuperBlockFormat {
    static final Q5_K FORMAT = new Q5_K();

    private Q5_K() {
        super(DType.Q5_K, 32, 0, 31, 0, 2);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        for (int pair = 0; pair < 4; pair++) {
            for (int l = 0; l < 32; l += ByteLanes.COUNT) {
                long low = ByteLanes.get(src, at + 48 + 32 * pair + l);
                long high = ByteLanes.get(src, at + 16 + l);
                int to = c + 64 * pair + l;
                long first = ByteLanes.field(low, 0, 4) | ByteLanes.field(high, 2 * pair, 1) << 4;
                long second = ByteLanes.field(low, 4, 4) | ByteLanes.field(high, 2 * pair + 1, 1) << 4;
                ByteLanes.put(codes, to, first);
                ByteLanes.put(codes, to + 32, second);
            }
        }
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        SixBitPairs.unpack(src, at + 4, scales, offsets, g);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        int[] codes = SixBitPairs.encode(src, from, dst, at, 31, -0.5f, 15);
        for (int e = 0; e < 256; e++) {
            dst[at + 16 + e % 32] |= (byte) (codes[e] >> 4 << (e / 32));
            dst[at + 48 + e / 64 * 32 + e % 32] |= (byte) ((codes[e] & 15) << (e % 64 / 32 * 4));
        }
    }
}
