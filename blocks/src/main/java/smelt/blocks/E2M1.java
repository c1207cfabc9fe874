package smelt.blocks;

/** Four-bit floats (sign, two exponent bits, one mantissa bit), doubled to be integers. */
final class E2M1 {
    static final byte[] DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private E2M1() {}

    /** The code whose doubled value times {@code scale} is nearest {@code x}; of equals the lowest. */
    static int nearest(float x, float scale) {
        int best = 0;
        float bestError = Math.abs(x);
        for (int code = 1; code < DOUBLED.length; code++) {
            float error = Math.abs(DOUBLED[code] * scale - x);
            if (error < bestError) {
                best = code;
                bestError = error;
            }
        }
        return best;
    }
}
