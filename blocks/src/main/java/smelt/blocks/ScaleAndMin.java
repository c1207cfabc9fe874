package smelt.blocks;

/**
 * A group's best codes for value = scale * code - min with min at least 0, by weighted least squares: steps through
 * scales around the full range and keeps the fit of least error.
 */
final class ScaleAndMin {
    private static final float STEP = 0.1f;

    private final float scale;
    private final float min;
    private final int[] codes;

    private ScaleAndMin(float scale, float min, int[] codes) {
        this.scale = scale;
        this.min = min;
        this.codes = codes;
    }

    float scale() {
        return scale;
    }

    float min() {
        return min;
    }

    void copyTo(int[] dst, int at) {
        System.arraycopy(codes, 0, dst, at, codes.length);
    }

    /**
     * @param weights one per element of the group
     * @param firstStep how far from {@code maxCode} codes over the full range the search begins
     * @param absolute whether errors count by magnitude, else by square
     */
    static ScaleAndMin search(
            float[] x, int from, float[] weights, int maxCode, float firstStep, int steps, boolean absolute) {
        int n = weights.length;
        float lowest = Extremes.min(x, from, n);
        float max = Extremes.max(x, from, n);
        float min = lowest > 0 ? 0 : lowest;
        if (max == min) {
            return new ScaleAndMin(0, -min, new int[n]);
        }
        int[] codes = codes(x, from, n, maxCode / (max - min), min, maxCode);
        float scale = 1 / (maxCode / (max - min));
        ScaleAndMin best = new ScaleAndMin(scale, -min, codes);
        float bestError = best.error(x, from, weights, absolute);
        for (int step = 0; step <= steps; step++) {
            // From the best min so far: the range moves with the search.
            float inverse = (firstStep + STEP * step + maxCode) / (max - -best.min);
            ScaleAndMin fit = fit(x, from, weights, codes(x, from, n, inverse, -best.min, maxCode));
            if (fit.scale == 0) {
                continue;
            }
            float error = fit.error(x, from, weights, absolute);
            if (error < bestError) {
                best = fit;
                bestError = error;
            }
        }
        return best;
    }

    private static int[] codes(float[] x, int from, int n, float inverse, float min, int maxCode) {
        int[] codes = new int[n];
        for (int i = 0; i < n; i++) {
            codes[i] = Extremes.clamp(Extremes.roundEven(inverse * (x[from + i] - min)), 0, maxCode);
        }
        return codes;
    }

    /** Least squares for given codes; scale 0 where they do not determine one. */
    private static ScaleAndMin fit(float[] x, int from, float[] weights, int[] codes) {
        float sumW = 0;
        float sumX = 0;
        float sumL = 0;
        float sumLL = 0;
        float sumXL = 0;
        for (int i = 0; i < codes.length; i++) {
            float w = weights[i];
            int l = codes[i];
            sumW += w;
            sumX += w * x[from + i];
            sumL += w * l;
            sumLL += w * l * l;
            sumXL += w * l * x[from + i];
        }
        float determinant = sumW * sumLL - sumL * sumL;
        if (!(determinant > 0)) {
            return new ScaleAndMin(0, 0, codes);
        }
        float offset = (sumLL * sumX - sumL * sumXL) / determinant;
        if (offset > 0) {
            return new ScaleAndMin(sumXL / sumLL, 0, codes);
        }
        return new ScaleAndMin((sumW * sumXL - sumX * sumL) / determinant, -offset, codes);
    }

    private float error(float[] x, int from, float[] weights, boolean absolute) {
        float error = 0;
        for (int i = 0; i < codes.length; i++) {
            float difference = scale * codes[i] + -min - x[from + i];
            error += weights[i] * (absolute ? Math.abs(difference) : difference * difference);
        }
        return error;
    }

    /** Codes anew for a scale and min that were rounded to be stored; left alone where the scale is 0. */
    static void requantise(float[] x, int from, int n, float scale, float min, int maxCode, int[] codes, int at) {
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < n; i++) {
            codes[at + i] = Extremes.clamp(Extremes.roundEven((x[from + i] + min) / scale), 0, maxCode);
        }
    }
}
