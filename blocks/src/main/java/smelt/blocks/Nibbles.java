package smelt.blocks;

/** Four-bit codes: byte j of 16 holds element j in its low half and element j + 16 in its high half. */
final class Nibbles {
    private Nibbles() {}

    /** 16 bytes at {@code src[at]} to 32 codes at {@code codes[c]}. */
    static void unpack(byte[] src, int at, byte[] codes, int c) {
        for (int j = 0; j < 16; j += ByteLanes.COUNT) {
            long lanes = ByteLanes.get(src, at + j);
            ByteLanes.put(codes, c + j, ByteLanes.field(lanes, 0, 4));
            ByteLanes.put(codes, c + 16 + j, ByteLanes.field(lanes, 4, 4));
        }
    }

    /** Codes 0 to 31, whose fifth bits are those of the four bytes at {@code src[high]}. */
    static void unpackFive(byte[] src, int high, int at, byte[] codes, int c) {
        for (int j = 0; j < 16; j += ByteLanes.COUNT) {
            long lanes = ByteLanes.get(src, at + j);
            long low = ByteLanes.field(lanes, 0, 4) | ByteLanes.spread(src[high + j / 8]) << 4;
            long upper = ByteLanes.field(lanes, 4, 4) | ByteLanes.spread(src[high + 2 + j / 8]) << 4;
            ByteLanes.put(codes, c + j, low);
            ByteLanes.put(codes, c + 16 + j, upper);
        }
    }

    /** Code of element {@code i} of 32 into the 16 bytes at {@code dst[at]}, zero before. */
    static void put(byte[] dst, int at, int i, int code) {
        dst[at + i % 16] |= (byte) ((code & 15) << (i / 16 * 4));
    }

    /** As {@link #put}, and the fifth bit into the four bytes at {@code dst[high]}. */
    static void putFive(byte[] dst, int high, int at, int i, int code) {
        put(dst, at, i, code);
        dst[high + i / 8] |= (byte) ((code >> 4) << (i % 8));
    }
}
