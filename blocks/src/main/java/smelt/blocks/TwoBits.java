package smelt.blocks;

/**
 * 256 codes of two bits: byte l of 32 in each half holds elements l, l + 32, l + 64 and l + 96 of 128, lowest first.
 */
final class TwoBits {
    private TwoBits() {}

    static void unpack(byte[] src, int at, byte[] codes, int c) {
        for (int half = 0; half < 2; half++) {
            for (int l = 0; l < 32; l += ByteLanes.COUNT) {
                long lanes = ByteLanes.get(src, at + 32 * half + l);
                for (int k = 0; k < 4; k++) {
                    ByteLanes.put(codes, c + 128 * half + 32 * k + l, ByteLanes.field(lanes, 2 * k, 2));
                }
            }
        }
    }

    static void pack(int[] codes, byte[] dst, int at) {
        for (int e = 0; e < codes.length; e++) {
            dst[at + e / 128 * 32 + e % 32] |= (byte) ((codes[e] & 3) << (e % 128 / 32 * 2));
        }
    }
}
