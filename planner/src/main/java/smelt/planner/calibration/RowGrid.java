package smelt.planner.calibration;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Coefficients of time by the rows that a kernel computes; straight lines between those that were measured. */
final class RowGrid {
    private final NavigableMap<Integer, double[]> measured = new TreeMap<>();

    void put(int rows, double... coefficients) {
        measured.put(rows, coefficients);
    }

    boolean isEmpty() {
        return measured.isEmpty();
    }

    /** Below and above what was measured, as much for each row as at the end. */
    double[] at(int rows) {
        Map.Entry<Integer, double[]> below = measured.floorEntry(rows);
        Map.Entry<Integer, double[]> above = measured.ceilingEntry(rows);
        if (below == null || above == null) {
            Map.Entry<Integer, double[]> end = below == null ? measured.firstEntry() : below;
            return blend(end.getValue(), end.getValue(), 0, below == null ? 1 : (double) rows / end.getKey());
        }
        int span = above.getKey() - below.getKey();
        double share = span == 0 ? 0 : (double) (rows - below.getKey()) / span;
        return blend(below.getValue(), above.getValue(), share, 1);
    }

    /** The same, but the end's own value beyond it: of what does not grow with rows. */
    double[] within(int rows) {
        return at(Math.clamp(rows, measured.firstKey(), measured.lastKey()));
    }

    private static double[] blend(double[] one, double[] other, double share, double times) {
        double[] result = new double[one.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = times * (one[i] * (1 - share) + other[i] * share);
        }
        return result;
    }
}
