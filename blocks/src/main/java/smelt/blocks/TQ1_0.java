package smelt.blocks;

import java.util.Arrays;
import smelt.base.DType;

/**
 * 256 ternary values: five per byte @0 (48 bytes), four per byte @48 (4 bytes), scale f16 @52; scale * (digit - 1). A
 * byte holds a fraction of 256 whose base-3 digits are the values, most significant first.
 */
final class TQ1_0 extends SuperBlockFormat {
    static final TQ1_0 FORMAT = new TQ1_0();

    private static final int DIGITS = 5;

    /** Per byte its five digits. */
    private static final byte[] DIGIT = digits();

    private TQ1_0() {
        super(DType.TQ1_0, 32, -1, 1, 52);
    }

    private static byte[] digits() {
        byte[] table = new byte[256 * DIGITS];
        for (int b = 0; b < 256; b++) {
            int rest = b;
            for (int n = 0; n < DIGITS; n++) {
                table[b * DIGITS + n] = (byte) ((rest * 3) >> 8);
                rest = (rest * 3) & 0xFF;
            }
        }
        return table;
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        digits(src, at, 32, DIGITS, codes, c);
        digits(src, at + 32, 16, DIGITS, codes, c + 160);
        digits(src, at + 48, 4, 4, codes, c + 240);
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        Arrays.fill(scales, g, g + 8, (byte) 1);
    }

    /** Digit n of byte m of {@code bytes} is element m + n * bytes. */
    private static void digits(byte[] src, int at, int bytes, int digits, byte[] codes, int c) {
        for (int m = 0; m < bytes; m++) {
            int row = (src[at + m] & 0xFF) * DIGITS;
            for (int n = 0; n < digits; n++) {
                codes[c + m + n * bytes] = DIGIT[row + n];
            }
        }
    }

    @Override
    public boolean codesAreBits() {
        return false;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float scale = Math.abs(Extremes.largest(src, from, 256));
        float inverse = Extremes.inverse(scale);
        pack(src, from, inverse, 32, DIGITS, dst, at);
        pack(src, from + 160, inverse, 16, DIGITS, dst, at + 32);
        pack(src, from + 240, inverse, 4, 4, dst, at + 48);
        Scales.putF16(dst, at + 52, scale);
    }

    private static void pack(float[] src, int from, float inverse, int bytes, int digits, byte[] dst, int at) {
        for (int m = 0; m < bytes; m++) {
            int number = 0;
            for (int n = 0; n < DIGITS; n++) {
                int digit = n < digits ? Extremes.round(src[from + m + n * bytes] * inverse) + 1 : 0;
                number = number * 3 + digit;
            }
            // Rounded up, so that multiplying by 3 gives the digits back exactly; 243 = 3^5.
            dst[at + m] = (byte) ((number * 256 + 242) / 243);
        }
    }
}
