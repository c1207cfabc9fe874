package smelt.engine.sampling;

/**
 * Random numbers as a function of their place, so that a sequence draws the same ones alone, in any batch and after
 * being resumed. The mixer is SplitMix64's (Steele, Lea, Flood 2014).
 */
final class Randomness {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private Randomness() {}

    /** Uniform in [0, 1), 53 bits. */
    static double uniform(long seed, int choice, int position) {
        long place = ((long) choice << 32) | position;
        return (mix(mix(seed + GOLDEN) + place * GOLDEN) >>> 11) * 0x1p-53;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
