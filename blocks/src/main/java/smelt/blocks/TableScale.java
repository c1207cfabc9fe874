package smelt.blocks;

/** 16 levels spaced for weights of a bell-shaped distribution, and the search for a scale of 32 values in them. */
final class TableScale {
    static final byte[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private static final float NEGLIGIBLE = 1e-15f;
    private static final int GROUP = 32;
    private static final int TRIES = 7;

    private TableScale() {}

    /** The code of the level nearest {@code scaled}; of equals the higher. */
    static int nearest(float scaled) {
        if (scaled <= LEVELS[0]) {
            return 0;
        }
        int code = 1;
        while (code < LEVELS.length - 1 && scaled >= LEVELS[code]) {
            code++;
        }
        if (scaled >= LEVELS[code]) {
            return code;
        }
        return scaled - LEVELS[code - 1] < LEVELS[code] - scaled ? code - 1 : code;
    }

    /** Least squares, weighted by the squares of the values, over 16 ways to map the largest onto the levels. */
    static float search(float[] x, int from) {
        float largest = Extremes.largest(x, from, GROUP);
        if (Math.abs(largest) < NEGLIGIBLE) {
            return 0;
        }
        float scale = 0;
        float bestFit = 0;
        for (int step = -TRIES - 1; step <= TRIES; step++) {
            // The first try maps the largest value, whatever its sign, to the level of greatest magnitude.
            float inverse = step < -TRIES ? 1 / (-largest / LEVELS[0]) : (step + LEVELS[0]) / largest;
            float qx = 0;
            float qq = 0;
            for (int i = from; i < from + GROUP; i++) {
                float q = LEVELS[nearest(inverse * x[i])];
                float w = x[i] * x[i];
                qx += w * q * x[i];
                qq += w * q * q;
            }
            boolean first = step < -TRIES;
            if (qq > 0 && (first || qx * qx > bestFit * qq)) {
                scale = qx / qq;
                bestFit = scale * qx;
            }
        }
        return scale;
    }
}
