package smelt.blocks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes of an array as one long, lane 0 lowest: unpacks eight codes at a time whatever the just-in-time compiler
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

    /** {@code value}, 0 to 255, in each lane. */
    static long splat(int value) {
        return ONES * value;
    }

    /** Signed bytes to unsigned ones, 128 more. */
    static long flipTops(long lanes) {
        return lanes ^ TOPS;
    }

    /** Bit i of {@code bits} (the low 8 count) to lane i: 1 or 0. */
    static long spread(int bits) {
        long each = (ONES * (bits & 0xFF)) & 0x8040201008040201L;
        return ((each + (ONES * 0x7F)) & TOPS) >>> 7;
    }
}
