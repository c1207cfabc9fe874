package smelt.engine;

import java.util.Arrays;

/**
 * How many prompt tokens a step may take, and how long, from measured times of steps. Beside sequences that generate,
 * prompts may take as long between two of their steps as one of these takes, so that a long prompt slows its neighbours
 * no further than to half; and where anybody could be waiting for the step to end (to be started, to be told, to be
 * cancelled), it must end in time. A sequence that is alone in the engine fills its steps, up to its deadline; a
 * newcomer interrupts the one that runs, and what that has computed is lost. Such losses are at most a tenth of the
 * work: until that many times as much is done, steps are short and run to their end. The measurements decide how much
 * is done at once, never what comes out.
 */
final class StepPace {
    /** What a step may take while somebody waits or shares it: cancelling must free everything within 100 ms. */
    static final long LIMIT_NANOS = 80_000_000;
    /**
     * Most prompts that each have as much time between two steps of those who generate as one of these takes. A single
     * one makes them half as fast; where many wait, generating alone would starve all that is to come.
     */
    private static final int SHARING_PROMPTS = 4;
    /**
     * Most steps of others during which a step of prompts is computed beside them: with more, its rows read less of the
     * weights and of the keys before them for each, but whoever comes next waits longer.
     */
    private static final int ASIDE_STEPS = 16;
    /** Rows of a step that nothing is known about, and of a measurement that counts in full. */
    private static final int USUAL_ROWS = 16;
    /** Prompts always go on. A chunk reads all keys before it however short it is. */
    private static final int LEAST_ROWS = 8;
    /** Weight of a new measurement. */
    private static final double NEWS = 0.2;

    /** Of interrupted steps in all work. */
    private static final double LOST_SHARE = 0.1;

    private static final double UNKNOWN = Double.NaN;

    /** Nanoseconds of a step of 1, 2-3, 4-7, ... sequences that generate, without prompts. */
    private final double[] generating = new double[33];
    /** Nanoseconds per row of a step of prompts alone. */
    private double promptRow = UNKNOWN;

    /** Of interrupted steps, not yet made up for. */
    private double lostNanos;

    /** Steps of others in whose time a step of prompts is computed. */
    private final int asideSteps;

    /** @param pieces that such a step can be computed in; two of them at least are to go between two other steps */
    StepPace(int pieces) {
        asideSteps = Math.clamp(pieces / 2, 1, ASIDE_STEPS);
        Arrays.fill(generating, UNKNOWN);
    }

    /**
     * Rows of a step of prompts alone; at most {@code most}.
     *
     * @param nanos how long the step may take; Long.MAX_VALUE: its size is the limit
     */
    int promptRows(long nanos, int most) {
        return nanos == Long.MAX_VALUE ? most : rows(nanos, most);
    }

    /**
     * Rows of a step of prompts that is computed beside so many sequences that generate; at most {@code most}.
     *
     * @param prompts that wait for it
     */
    int asideRows(int decoding, int prompts, int most) {
        return rows(asideSteps * asideNanos(decoding, prompts), most);
    }

    /**
     * How long such a step may go on between two steps of so many sequences that generate; as long as a step may take
     * where none do.
     */
    long asideNanos(int decoding, int prompts) {
        double others = decoding == 0 ? 0 : generating[size(decoding)];
        double share = decoding == 0
                ? LIMIT_NANOS
                : Double.isNaN(others) ? 0 : Math.clamp(prompts, 1, SHARING_PROMPTS) * others;
        return (long) Math.max(0, Math.min(share, LIMIT_NANOS - others));
    }

    private int rows(double nanos, int most) {
        if (Double.isNaN(promptRow)) {
            return Math.min(USUAL_ROWS, most);
        }
        double rows = promptRow <= 0 ? most : nanos / promptRow;
        return (int) Math.min(most, Math.max(LEAST_ROWS, rows));
    }

    /** What so many rows of prompts alone take; NaN where none were measured. */
    double promptNanos(int rows) {
        return promptRow * rows;
    }

    /** Whether a step may be so long that it is interrupted for a newcomer. */
    boolean mayYield() {
        return lostNanos == 0;
    }

    /** A step was interrupted for a newcomer. */
    void lost(long nanos) {
        lostNanos += Math.max(1, nanos);
    }

    /** A step of so many rows took so long. */
    void observe(int decoding, int prompt, long nanos) {
        lostNanos = Math.max(0, lostNanos - LOST_SHARE * nanos);
        int size = size(decoding);
        if (prompt == 0) {
            generating[size] = learn(generating[size], nanos, USUAL_ROWS);
        } else if (decoding == 0) {
            promptRow = learn(promptRow, (double) nanos / prompt, prompt);
        }
    }

    private static int size(int sequences) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(sequences);
    }

    private static double learn(double known, double news, int rows) {
        double weight = NEWS * Math.min(1, (double) rows / USUAL_ROWS);
        return Double.isNaN(known) ? news : known + weight * (news - known);
    }
}
