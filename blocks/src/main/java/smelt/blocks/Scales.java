package smelt.blocks;

/** The small floating point types that scales are stored in, little endian. */
final class Scales {
    private Scales() {}

    static float f16(byte[] from, int at) {
        return Float.float16ToFloat((short) u16(from, at));
    }

    static void putF16(byte[] to, int at, float value) {
        putU16(to, at, Float.floatToFloat16(value));
    }

    static int u16(byte[] from, int at) {
        return (from[at] & 0xFF) | (from[at + 1] & 0xFF) << 8;
    }

    static void putU16(byte[] to, int at, int bits) {
        to[at] = (byte) bits;
        to[at + 1] = (byte) (bits >> 8);
    }

    /** 2^(exponent - 128), half of what E8M0 says, since E2M1 values are stored doubled. */
    static float halfE8M0(int exponent) {
        return Float.intBitsToFloat(exponent < 2 ? 0x00200000 << exponent : (exponent - 1) << 23);
    }

    /** Half of an unsigned E4M3 value; 0x7F (not a number) counts as 0. */
    static float halfUE4M3(int bits) {
        if (bits == 0x7F) {
            return 0;
        }
        int exponent = (bits >> 3) & 15;
        int mantissa = bits & 7;
        return exponent == 0 ? Math.scalb((float) mantissa, -10) : Math.scalb(8 + mantissa, exponent - 11);
    }

    /** The unsigned E4M3 nearest {@code x}, halves upwards, at most 448; 0 for what is not positive. */
    static int ue4m3(float x) {
        if (!(x > 0)) {
            return 0;
        }
        int bits = Float.floatToRawIntBits(Math.min(x, 448));
        int exponent = (bits >> 23) - 127 + 7;
        if (exponent <= 0) {
            return Math.min(7, (int) (x * 512 + 0.5f));
        }
        // A carry out of the mantissa raises the exponent by itself.
        int mantissa = (bits >> 20 & 7) + (bits >> 19 & 1);
        return Math.min(0x7E, (exponent << 3) + mantissa);
    }
}
