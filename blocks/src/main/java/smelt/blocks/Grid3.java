package smelt.blocks;

/**
 * The 512 of 4096 points (four odd numbers, 1 to 15) that IQ3_S picks from, numbered in ascending order of their key:
 * the four halves, three bits each, first lowest. Which points they are is a fact of ggml (MIT,
 * github.com/ggml-org/ggml).
 */
final class Grid3 {
    static final int POINTS = 512;
    static final int KEYS = 4096;

    /** Bit k of word k / 64: whether key k is on the grid. */
    private static final long[] ON_GRID = {
        0x92050aa5082357a7L, 0x0422001022892317L, 0x09000aa4112249a3L, 0x228005104a052208L,
        0x0100020904128801L, 0x084000a208450014L, 0x0200040002000a40L, 0x0000110008450015L,
        0x040250005205ab17L, 0x410005020902114bL, 0x040120090411a401L, 0x0104000211820992L,
        0x000011440a001428L, 0x0000020005020902L, 0x0000005000910000L, 0x010400022002050aL,
        0x2980052a058a55abL, 0x0000020412248905L, 0x12008802810a0092L, 0x004001040a140225L,
        0x2400000224090082L, 0x0100080180040210L, 0x0002200000020085L, 0x0000010801400220L,
        0x020802942a04aa04L, 0x44010001000a102aL, 0x0000010014010401L, 0x0800208a018a1102L,
        0x0011040002044208L, 0x0800401004200502L, 0x0000000200004000L, 0x000000002005000aL,
        0x0100010204910411L, 0x0000220821040a84L, 0x010480010802210aL, 0x0000000022050a10L,
        0x0200000180100005L, 0x00040000000200a0L, 0x0001000010000800L, 0x0000020801002100L,
        0x1040049100041104L, 0x040000000402042aL, 0x0000080041080201L, 0x0820021000800184L,
        0x0000004004010012L, 0x00000a0000400400L, 0x0000000400000000L, 0x0000000000040014L,
        0x000100000a002a00L, 0x0010000000810001L, 0x0104200410000400L, 0x0000000100021001L,
        0x0004000800200000L, 0x0001000010000009L, 0x0000000100000020L, 0x0000000000000a00L,
        0x0004100140050091L, 0x0000002800100204L, 0x0000020001024112L, 0x0000080024000004L,
        0x0000010000010822L, 0x0000000400040000L, 0x0000000002000004L, 0x0000000000000001L
    };

    private static final short[] KEY = new short[POINTS];
    private static final int[] LANES = new int[POINTS];
    private static final short[] POINT = new short[KEYS];

    static {
        int point = 0;
        for (int key = 0; key < KEYS; key++) {
            if (contains(key)) {
                KEY[point] = (short) key;
                POINT[key] = (short) point;
                LANES[point++] = lanes(key);
            }
        }
    }

    private Grid3() {}

    static boolean contains(int key) {
        return ((ON_GRID[key / 64] >>> key) & 1) != 0;
    }

    static int key(int point) {
        return KEY[point];
    }

    /** The number of a key that is on the grid. */
    static int point(int key) {
        return POINT[key];
    }

    /** Number {@code i} of four of a point. */
    static int value(int point, int i) {
        return (LANES[point] >> (8 * i)) & 0xFF;
    }

    /** The four numbers of a point as bytes of an int, first lowest. */
    static int lanes(int key) {
        int lanes = 0;
        for (int i = 0; i < 4; i++) {
            lanes |= (2 * ((key >> (3 * i)) & 7) + 1) << (8 * i);
        }
        return lanes;
    }

    static int lanesOf(int point) {
        return LANES[point];
    }
}
