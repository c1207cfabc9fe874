package smelt.planner.simulation;

import java.util.Arrays;

/**
 * Of seconds that users waited. A percentile is an observed value: that of index floor(n * p) in ascending order.
 *
 * @param count of values; 0: all others are NaN
 */
public record Distribution(double mean, double p50, double p90, double p95, double p99, double max, long count) {
    private static final double NAN = Double.NaN;

    /** Of nothing. */
    public static final Distribution EMPTY = new Distribution(NAN, NAN, NAN, NAN, NAN, NAN, 0);

    /** @param seconds the first {@code count} of them; sorted by this call */
    static Distribution of(double[] seconds, int count) {
        if (count == 0) {
            return EMPTY;
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += seconds[i];
        }
        Arrays.sort(seconds, 0, count);
        return new Distribution(
                sum / count,
                at(seconds, count, 0.5),
                at(seconds, count, 0.9),
                at(seconds, count, 0.95),
                at(seconds, count, 0.99),
                seconds[count - 1],
                count);
    }

    private static double at(double[] sorted, int count, double part) {
        return sorted[(int) Math.min(count - 1, Math.floor(count * part))];
    }
}
