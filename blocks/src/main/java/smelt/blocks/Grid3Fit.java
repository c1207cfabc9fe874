package smelt.blocks;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The best {@link Grid3} points and scale for the magnitudes of 32 values, by least squares weighted with the squares
 * of the values: tries 19 scales around the one that maps the greatest magnitude to 15.
 */
final class Grid3Fit {
    private static final int GROUP = 32;
    private static final int POINTS = GROUP / 4;
    private static final int GREATEST = 15;

    /** How many of the distances from a key off the grid count as near. */
    private static final int NEAR = 3;

    /** Per key off the grid its near points, nearest first, of equals the lowest first. */
    private static final short[][] NEIGHBOURS = neighbours();

    private final float scale;
    private final short[] points;

    private Grid3Fit(float scale, short... points) {
        this.scale = scale;
        this.points = points;
    }

    float scale() {
        return scale;
    }

    /** Point {@code i} of eight, for four values. */
    int point(int i) {
        return points[i];
    }

    private static short[][] neighbours() {
        short[][] neighbours = new short[Grid3.KEYS][];
        for (int key = 0; key < Grid3.KEYS; key++) {
            neighbours[key] = Grid3.contains(key) ? new short[] {(short) Grid3.point(key)} : near(key);
        }
        return neighbours;
    }

    private static short[] near(int key) {
        int[] distances = new int[Grid3.POINTS];
        for (int point = 0; point < Grid3.POINTS; point++) {
            distances[point] = distance(key, Grid3.key(point));
        }
        int limit = IntStream.of(distances)
                .sorted()
                .distinct()
                .skip(NEAR - 1L)
                .findFirst()
                .orElseThrow();
        return toShorts(IntStream.range(0, Grid3.POINTS)
                .filter(point -> distances[point] <= limit)
                .boxed()
                .sorted(Comparator.comparingInt(point -> distances[point]))
                .mapToInt(point -> point)
                .toArray());
    }

    private static short[] toShorts(int... numbers) {
        short[] shorts = new short[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            shorts[i] = (short) numbers[i];
        }
        return shorts;
    }

    private static int distance(int key, int other) {
        int sum = 0;
        for (int i = 0; i < 4; i++) {
            int difference = ((key >> (3 * i)) & 7) - ((other >> (3 * i)) & 7);
            sum += difference * difference;
        }
        return sum;
    }

    static Grid3Fit search(float[] src, int from) {
        float[] x = new float[GROUP];
        for (int i = 0; i < GROUP; i++) {
            x[i] = Math.abs(src[from + i]);
        }
        float max = Extremes.max(x, 0, GROUP);
        if (max == 0) {
            return new Grid3Fit(0, new short[POINTS]);
        }
        Grid3Fit best = new Grid3Fit(max / GREATEST, new short[POINTS]);
        float bestFit = 0;
        boolean exact = false;
        for (int step = -9; step <= 9; step++) {
            float inverse = (GREATEST + step * 0.2f) / max;
            short[] points = new short[POINTS];
            boolean onGrid = assign(x, inverse, 1 / inverse, points);
            Sums sums = Sums.of(x, points);
            if (sums.qq > 0 && sums.qx * sums.qx > bestFit * sums.qq) {
                best = new Grid3Fit(sums.qx / sums.qq, points);
                bestFit = best.scale * sums.qx;
                exact = onGrid;
            }
        }
        return exact || !(best.scale > 0) ? best : again(x, best.scale);
    }

    /** With the scale found, points off the grid may have nearer ones. */
    private static Grid3Fit again(float[] x, float scale) {
        short[] points = new short[POINTS];
        assign(x, 1 / scale, scale, points);
        Sums sums = Sums.of(x, points);
        return new Grid3Fit(sums.qq > 0 ? sums.qx / sums.qq : scale, points);
    }

    /** Writes the points nearest the scaled values; true where all of those are on the grid. */
    private static boolean assign(float[] x, float inverse, float scale, short[] points) {
        boolean onGrid = true;
        for (int k = 0; k < points.length; k++) {
            int key = 0;
            for (int i = 0; i < 4; i++) {
                int l = Extremes.roundEven(0.5f * (inverse * x[4 * k + i] - 1));
                key |= Extremes.clamp(l, 0, 7) << (3 * i);
            }
            onGrid &= Grid3.contains(key);
            points[k] = nearest(x, 4 * k, scale, NEIGHBOURS[key]);
        }
        return onGrid;
    }

    private static short nearest(float[] x, int at, float scale, short... candidates) {
        short best = candidates[0];
        float bestError = Float.MAX_VALUE;
        for (short point : candidates) {
            float error = 0;
            for (int i = 0; i < 4; i++) {
                float difference = scale * Grid3.value(point, i) - x[at + i];
                error += (float) Math.sqrt(x[at + i] * x[at + i]) * difference * difference;
            }
            if (error < bestError) {
                best = point;
                bestError = error;
            }
        }
        return best;
    }

    /** Weighted sums of value * quant and of quant * quant. */
    private record Sums(float qx, float qq) {
        static Sums of(float[] x, short... points) {
            float qx = 0;
            float qq = 0;
            for (int i = 0; i < GROUP; i++) {
                float w = x[i] * x[i];
                float q = Grid3.value(points[i / 4], i % 4);
                qx += w * x[i] * q;
                qq += w * q * q;
            }
            return new Sums(qx, qq);
        }
    }
}
