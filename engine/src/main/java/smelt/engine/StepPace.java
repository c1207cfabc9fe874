package smelt.engine;

import java.util.Arrays;

/**
 * How many prompt tokens the next step may take, from measured times of steps. Beside sequences that generate, a step
 * may take twice as long as it takes them alone, so that a long prompt slows its neighbours no further; and where
 * anybody could be waiting for the step to end (to be started, to be told, to be cancelled), it must end in time. A
 * sequence that is alone in the engine fills its steps, up to its deadline; a newcomer interrupts the one that runs,
 * and what that has computed is lost. Such losses are at most a tenth of the work: until that many times as much is
 * done, steps are short and run to their end. The measurements decide how much is done at once, never what comes out.
 */
final class StepPace {
    /** What a step may take while somebody waits or shares it: cancelling must free everything within 100 ms. */
    static final long LIMIT_NANOS = 80_000_000;
    /** Time of prompts beside the time of those who generate; below 1 because single steps scatter. */
    private static final double PROMPT_SHARE = 0.9;
    /** Rows of a step that nothing is known about, and of a measurement that counts in full. */
    private static final int USUAL_ROWS = 16;
    /**
     * Prompts always go on. A chunk reads all keys before it however short it is; but beside eight chats, behind some
     * thousand positions, 16 rows were measured to make their p99 three to four times as long, 8 two and a half times.
     * Fewer help them little, and the prompt takes half as long again.
     */
    private static final int LEAST_ROWS = 8;
    /** Mixed steps after which a step without prompts measures the others anew: one in a hundred costs nothing. */
    private static final int MEASURE_EVERY = 100;
    /** Weight of a new measurement. */
    private static final double NEWS = 0.2;

    /** Of interrupted steps in all work. */
    private static final double LOST_SHARE = 0.1;

    private static final double UNKNOWN = Double.NaN;

    /** Nanoseconds of a step of 1, 2-3, 4-7, ... sequences that generate, without prompts. */
    private final double[] generating = new double[33];
    /** Nanoseconds that a row of a prompt adds to such a step. */
    private double addedRow = UNKNOWN;
    /** Nanoseconds per row of a step of prompts alone. */
    private double promptRow = UNKNOWN;

    /** Of interrupted steps, not yet made up for. */
    private double lostNanos;

    private int sinceMeasured;

    StepPace() {
        Arrays.fill(generating, UNKNOWN);
    }

    /**
     * Rows for prompts in a step with {@code decoding} rows of sequences that generate; at most {@code most}.
     *
     * @param nanos how long the step may take without sequences that generate; Long.MAX_VALUE: its size is the limit
     */
    int promptRows(int decoding, long nanos, int most) {
        if (decoding == 0) {
            return nanos == Long.MAX_VALUE ? most : rows(nanos, promptRow, most);
        }
        double others = generating[size(decoding)];
        if (Double.isNaN(others) || sinceMeasured >= MEASURE_EVERY) {
            return 0;
        }
        double row = Double.isNaN(addedRow) ? promptRow : addedRow;
        return rows(Math.min(PROMPT_SHARE * others, LIMIT_NANOS - others), row, most);
    }

    private static int rows(double nanos, double nanosPerRow, int most) {
        if (Double.isNaN(nanosPerRow)) {
            return Math.min(USUAL_ROWS, most);
        }
        double rows = nanosPerRow <= 0 ? most : nanos / nanosPerRow;
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
            sinceMeasured = 0;
        } else if (decoding == 0) {
            promptRow = learn(promptRow, (double) nanos / prompt, prompt);
        } else {
            addedRow = learn(addedRow, Math.max(0, nanos - generating[size]) / prompt, prompt);
            sinceMeasured++;
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
