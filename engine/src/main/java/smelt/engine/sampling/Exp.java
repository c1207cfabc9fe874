package smelt.engine.sampling;

/**
 * exp in double by additions and multiplications only, so that every JVM gives the same bits; relative error below
 * 1e-15. About five times as fast as StrictMath.
 */
final class Exp {
    private static final double LOG2_E = 1.4426950408889634;
    /** ln 2 in two parts; the upper has 32 trailing zero bits, so its product with an exponent is exact. */
    private static final double LN2_HIGH = 0x1.62e42feep-1;

    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;
    /** Adding it rounds to an integer, to even where halfway. */
    private static final double ROUND = 0x1.8p52;

    private static final double SMALLEST = -708;

    private Exp() {}

    /** e to the {@code x}, for x of at most 0; 0 below -708. */
    static double ofNonPositive(double x) {
        if (!(x >= SMALLEST)) {
            return x < SMALLEST ? 0 : x; // NaN stays NaN
        }
        double n = (x * LOG2_E + ROUND) - ROUND;
        double r = (x - n * LN2_HIGH) - n * LN2_LOW;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(series(r)) + ((long) n << 52));
    }

    /** Taylor's series to r^13; |r| is at most ln 2 / 2. */
    private static double series(double r) {
        double low = 1 + r * (1 + r * (1 / 2.0 + r * (1 / 6.0)));
        double middle = 1 / 24.0 + r * (1 / 120.0 + r * (1 / 720.0 + r * (1 / 5040.0)));
        double high = 1 / 40320.0
                + r
                        * (1 / 362880.0
                                + r
                                        * (1 / 3628800.0
                                                + r * (1 / 39916800.0 + r * (1 / 479001600.0 + r / 6227020800.0))));
        double r2 = r * r;
        double r4 = r2 * r2;
        return low + r4 * (middle + r4 * high);
    }
}
