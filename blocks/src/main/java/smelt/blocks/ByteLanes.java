package smelt.blocks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes of an array as one long, lane 0 lowest: unpacks eight quants at a time whatever the just-in-time compiler
 * does.
 */
final class ByteLanes {
    static final int COUNT = 8;

    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final VarHandle LANES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private ByteLanes() {}

    static long get(byte[] from, int at) {
        return (long) LANES.get(from, at);
    }

    static void put(byte[] to, int at, long lanes) {
        LANES.set(to, at, lanes);
    }

    /** The {@code bits} bits from bit {@code shift} of each lane; {@code shift + bits} is at most 8. */
    static long field(long lanes, int shift, int bits) {
        return (lanes >>> shift) & (ONES * ((1 << bits) - 1));
    }

    /** Each lane, 0 to 127, less {@code constant}, 0 to 128, in two's complement. */
    static long minus(long lanes, int constant) {
        return ((lanes | TOPS) - ONES * constant) ^ TOPS;
    }

    /** Bit i of {@code bits} (the low 8 count) to lane i: 1 or 0. */
    static long spread(int bits) {
        long each = (ONES * (bits & 0xFF)) & 0x8040201008040201L;
        return ((each + (ONES * 0x7F)) & TOPS) >>> 7;
    }

    /** Each lane, 1 to 127, negated where {@code signs} has 1 and not 0. */
    static long negate(long lanes, long signs) {
        return (lanes ^ (signs * 0xFF)) + signs;
    }
}
