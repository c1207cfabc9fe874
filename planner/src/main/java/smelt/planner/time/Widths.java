package smelt.planner.time;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How wide intervals are: half the width of the logarithm, by set and by how little neighbours tell. Conformal: the
 * errors of held-out measurements that were as far from the others, of which nine in ten lie within.
 *
 * @param tpot one row for each set, one column for each part of {@link #EDGES}
 */
record Widths(double[][] tpot, double[][] ttft) {
    /** Nearness at which the next column begins. */
    private static final double[] EDGES = {0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95};

    static final int COLUMNS = EDGES.length + 1;
    private static final double USUAL = 0.5;
    private static final double COVERED = 0.9;
    /** Fewer held-out errors than this tell nothing: the column is as wide as the next. */
    private static final int LEAST = 25;

    static Widths usual() {
        double[][] widths = new double[Site.Set.values().length][COLUMNS];
        for (double[] row : widths) {
            Arrays.fill(row, USUAL);
        }
        return new Widths(widths, widths);
    }

    static Widths of(List<Outcome> outcomes) {
        return new Widths(
                table(outcomes, Outcome::tpotNearness, Outcome::tpotError),
                table(outcomes, Outcome::ttftNearness, Outcome::ttftError));
    }

    double tpot(Site.Set set, double nearness) {
        return tpot[set.ordinal()][column(nearness)];
    }

    double ttft(Site.Set set, double nearness) {
        return ttft[set.ordinal()][column(nearness)];
    }

    private static int column(double nearness) {
        int column = 0;
        while (column < EDGES.length && nearness >= EDGES[column]) {
            column++;
        }
        return column;
    }

    private static double[][] table(
            List<Outcome> outcomes, ToDoubleFunction<Outcome> nearness, ToDoubleFunction<Outcome> error) {
        double[][] table = new double[Site.Set.values().length][COLUMNS];
        for (Site.Set set : Site.Set.values()) {
            double[] widths = table[set.ordinal()];
            double widest = 0;
            for (int c = 0; c < COLUMNS; c++) {
                double[] errors = errors(outcomes, set, c, nearness, error);
                widths[c] = errors.length < LEAST ? 0 : Math.round(quantile(errors) * 1e4) / 1e4;
                widest = Math.max(widest, widths[c]);
            }
            double next = widest == 0 ? USUAL : widest;
            for (int c = COLUMNS - 1; c >= 0; c--) {
                widths[c] = widths[c] == 0 ? next : widths[c];
                next = widths[c];
            }
        }
        return table;
    }

    private static double[] errors(
            List<Outcome> outcomes,
            Site.Set set,
            int column,
            ToDoubleFunction<Outcome> nearness,
            ToDoubleFunction<Outcome> error) {
        return outcomes.stream()
                .filter(o ->
                        Site.Set.of(o.measurement().deployment()) == set && column(nearness.applyAsDouble(o)) == column)
                .mapToDouble(o -> Math.abs(error.applyAsDouble(o)))
                .sorted()
                .toArray();
    }

    private static double quantile(double[] sorted) {
        int index = (int) Math.ceil(COVERED * (sorted.length + 1)) - 1;
        return sorted[Math.min(index, sorted.length - 1)];
    }
}
