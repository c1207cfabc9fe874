package smelt.targets.cpu;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * The floating-point mode of a thread (MXCSR, FPCR). A native library may have switched it to flush denormals to zero
 * or to round otherwise, and threads inherit it; compiled kernels then differ from the reference interpreter. Java's
 * own float arithmetic runs in the same mode, so no machine code is needed to look.
 */
final class FloatMode {
    /** Volatile, so that the compiler computes at run time instead of folding. */
    private static volatile float smallestNormal = Float.MIN_NORMAL;

    private static volatile float smallestDenormal = Float.MIN_VALUE;
    private static volatile float one = 1f;

    private FloatMode() {}

    /**
     * Looks at the calling thread.
     *
     * @throws Failure UNSUPPORTED where it would compute other bits than IEEE 754 in its default mode
     */
    static void check() {
        if (smallestNormal * 0.5f == 0f || smallestDenormal * 2f == 0f) {
            throw changed("takes denormal floats for zero");
        }
        boolean up = one + 0x1.8p-24f == one + 0x1p-23f && -one - 0x1.8p-24f == -one - 0x1p-23f;
        boolean even = one + 0x1p-24f == one && -one - 0x1p-24f == -one;
        if (!up || !even) {
            throw changed("does not round floats to nearest");
        }
    }

    private static Failure changed(String how) {
        return Failure.of(
                        FailureCode.UNSUPPORTED,
                        "Thread " + Thread.currentThread().getName() + " " + how)
                .withNextStep("find the native library of this process that changed the floating-point mode (built with"
                        + " -ffast-math?) and call smelt from a thread that it did not touch");
    }
}
