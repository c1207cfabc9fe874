package smelt.planner.time;

import java.util.Arrays;

/**
 * Fitted constants as logarithms: one value of each for all, and how far engines, dense models and such with experts,
 * and types of numbers lie from it.
 */
final class Constants {
    private static final int ENGINE = Constant.COUNT;
    private static final int EXPERTS = ENGINE + Group.ENGINES.size() * Constant.COUNT;
    private static final int PRECISION = EXPERTS + 2 * Constant.COUNT;
    static final int SIZE = PRECISION + Group.PRECISIONS * Constant.COUNT;

    private static final double EXPERTS_SPREAD = 0.3;
    private static final double PRECISION_SPREAD = 0.3;

    private final double[] logs;

    Constants(double[] logs) {
        this.logs = logs.clone();
    }

    /** What is believed before anything is measured. */
    static Constants prior() {
        double[] logs = new double[SIZE];
        for (Constant constant : Constant.values()) {
            logs[constant.ordinal()] = Math.log(constant.median());
        }
        return new Constants(logs);
    }

    /** How far each may lie from the prior; 0: not at all. */
    static double[] spreads() {
        double[] spreads = new double[SIZE];
        for (Constant constant : Constant.values()) {
            int i = constant.ordinal();
            spreads[i] = constant.spread();
            for (int e = 0; e < Group.ENGINES.size(); e++) {
                spreads[ENGINE + e * Constant.COUNT + i] = constant.engineSpread();
            }
            spreads[EXPERTS + i] = EXPERTS_SPREAD;
            spreads[EXPERTS + Constant.COUNT + i] = EXPERTS_SPREAD;
            for (int p = 0; p < Group.PRECISIONS; p++) {
                spreads[PRECISION + p * Constant.COUNT + i] = constant.byPrecision() ? PRECISION_SPREAD : 0;
            }
        }
        return spreads;
    }

    /**
     * The place of the constant that all share, of which the one at {@code place} says how far a group lies from it.
     */
    static int shared(int place) {
        return place % Constant.COUNT;
    }

    /** Whether the logarithm at {@code place} counts for {@code group}. */
    static boolean counts(int place, Group group) {
        if (place < ENGINE) {
            return true;
        }
        if (place < EXPERTS) {
            return group.engine() == (place - ENGINE) / Constant.COUNT;
        }
        return place < PRECISION
                ? group.experts() == ((place - EXPERTS) / Constant.COUNT == 1)
                : group.precision() == (place - PRECISION) / Constant.COUNT;
    }

    double[] logs() {
        return logs.clone();
    }

    /** The constants of a group, by ordinal. */
    double[] of(Group group) {
        double[] values = Arrays.copyOf(logs, Constant.COUNT);
        if (group.engine() >= 0) {
            add(values, ENGINE + group.engine() * Constant.COUNT);
        }
        add(values, EXPERTS + (group.experts() ? Constant.COUNT : 0));
        add(values, PRECISION + group.precision() * Constant.COUNT);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(values[i]);
        }
        return values;
    }

    private void add(double[] values, int from) {
        for (int i = 0; i < values.length; i++) {
            values[i] += logs[from + i];
        }
    }
}
