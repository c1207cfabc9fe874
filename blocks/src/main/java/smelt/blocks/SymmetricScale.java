package smelt.blocks;

import java.util.Optional;

/**
 * A best scale for value = scale * (code - max) over 16 values, codes 0 to 2 max - 1, squares of values as weights, so
 * that large values fit best.
 */
final class SymmetricScale {
    /** A group of no greater magnitude counts as zero. */
    static final float NEGLIGIBLE = 1e-15f;

    private static final int GROUP = 16;
    private static final int TRIES = 5;

    private SymmetricScale() {}

    /** Tries 19 scales around the one that maps the largest value to -max. Writes codes; returns the scale. */
    static float search(float[] x, int from, int max, int[] codes, int at) {
        float largest = Extremes.largest(x, from, GROUP);
        if (Math.abs(largest) < NEGLIGIBLE) {
            return 0;
        }
        Sums best = Sums.of(x, from, -max / largest, max);
        float scale = best.scale();
        float bestFit = scale * best.xl;
        float inverse = -max / largest;
        for (int step = -9; step <= 9; step++) {
            float tried = -(max + 0.1f * step) / largest;
            Sums sums = Sums.of(x, from, tried, max);
            if (step != 0 && sums.ll > 0 && sums.xl * sums.xl > bestFit * sums.ll) {
                scale = sums.scale();
                bestFit = scale * sums.xl;
                inverse = tried;
            }
        }
        for (int i = 0; i < GROUP; i++) {
            codes[at + i] = max + code(x[from + i] * inverse, max);
        }
        return scale;
    }

    /** Changes one code at a time as long as the fit improves. Writes codes; returns the scale. */
    static float refine(float[] x, int from, int max, int[] codes, int at) {
        float largest = Extremes.largest(x, from, GROUP);
        if (Math.abs(largest) < NEGLIGIBLE) {
            return 0;
        }
        float inverse = -max / largest;
        Sums sums = Sums.of(x, from, inverse, max);
        int[] l = new int[GROUP];
        for (int i = 0; i < GROUP; i++) {
            l[i] = code(inverse * x[from + i], max);
        }
        boolean changed = true;
        for (int round = 0; round < TRIES && changed; round++) {
            changed = false;
            for (int i = 0; i < GROUP; i++) {
                Optional<Sums> better = improve(sums, x[from + i], l, i, max);
                changed |= better.isPresent();
                sums = better.orElse(sums);
            }
        }
        for (int i = 0; i < GROUP; i++) {
            codes[at + i] = l[i] + max;
        }
        return sums.scale();
    }

    /** Changes code {@code i} and gives the new sums if that fits better. */
    private static Optional<Sums> improve(Sums sums, float x, int[] l, int i, int max) {
        float w = x * x;
        float xl = sums.xl - w * x * l[i];
        if (!(xl > 0)) {
            return Optional.empty();
        }
        float ll = sums.ll - w * l[i] * l[i];
        int changed = code(x * ll / xl, max);
        if (changed == l[i]) {
            return Optional.empty();
        }
        xl += w * x * changed;
        ll += w * changed * changed;
        if (ll > 0 && xl * xl * sums.ll > sums.xl * sums.xl * ll) {
            l[i] = changed;
            return Optional.of(new Sums(xl, ll));
        }
        return Optional.empty();
    }

    /** Codes anew for a scale that was rounded to be stored; left alone where it is 0. */
    static void requantise(float[] x, int from, float scale, int max, int[] codes, int at) {
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < GROUP; i++) {
            codes[at + i] = max + code(x[from + i] / scale, max);
        }
    }

    private static int code(float scaled, int max) {
        return Extremes.clamp(Extremes.roundEven(scaled), -max, max - 1);
    }

    /** Weighted sums of value * code and of code * code. */
    private record Sums(float xl, float ll) {
        static Sums of(float[] x, int from, float inverse, int max) {
            float xl = 0;
            float ll = 0;
            for (int i = from; i < from + GROUP; i++) {
                int l = code(inverse * x[i], max);
                float w = x[i] * x[i];
                xl += w * x[i] * l;
                ll += w * l * l;
            }
            return new Sums(xl, ll);
        }

        float scale() {
            return ll > 0 ? xl / ll : 0;
        }
    }
}
