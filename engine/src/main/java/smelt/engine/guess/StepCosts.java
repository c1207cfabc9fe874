package smelt.engine.guess;

/**
 * What steps of so many generating sequences take, by their rows: one for each, and one for each guess. Measured; what
 * was not measured, or long ago, is expected to be rather cheap, so that it is tried.
 */
final class StepCosts {
    /** Steps after which a measurement says nothing. */
    private static final int OLD = 1024;
    /** The step without guesses is what others are compared with: it is measured anew after so many of them. */
    private static final int BASE_OLD = 128;
    /** Weight of what took less than known, and of what took more: what others do to the machine only adds. */
    private static final double LESS = 0.5;

    private static final double MORE = 0.1;
    /** An unmeasured row beyond all measured ones, as a share of the step. */
    private static final double NEXT_ROW = 0.02;

    private static final double HOPE = 0.9;

    private final int sequences;
    private final double[] nanos;
    /** The number of the step that measured it; 0: never. */
    private final long[] measured;

    private long steps;

    StepCosts(int sequences, int mostRows) {
        this.sequences = sequences;
        nanos = new double[mostRows + 1];
        measured = new long[mostRows + 1];
    }

    void observe(int rows, long took) {
        steps++;
        double news = Math.max(1, took);
        double known = nanos[rows];
        if (!isKnown(rows)) {
            nanos[rows] = news;
        } else {
            nanos[rows] += news < known ? LESS * (news - known) : MORE * (Math.min(news, 2 * known) - known);
        }
        measured[rows] = steps;
    }

    /** Whether a step without guesses must come first. */
    boolean wantsBase() {
        return measured[sequences] == 0 || steps - measured[sequences] >= BASE_OLD;
    }

    /**
     * Nanoseconds of a step of so many rows, from measurements of fewer and of more where there are any of these; 0
     * where nothing at all was measured.
     */
    double of(int rows) {
        if (isKnown(rows)) {
            return nanos[rows];
        }
        int below = rows - 1;
        while (below > sequences && !isKnown(below)) {
            below--;
        }
        int above = rows + 1;
        while (above < nanos.length && !isKnown(above)) {
            above++;
        }
        if (!isKnown(below)) {
            return above == nanos.length ? 0 : nanos[above];
        }
        double least = nanos[below];
        if (above == nanos.length) {
            return least * (1 + NEXT_ROW * (rows - below));
        }
        double between = least + (nanos[above] - least) * (rows - below) / (above - below);
        return Math.max(Math.min(least, between), HOPE * between);
    }

    private boolean isKnown(int rows) {
        return measured[rows] > 0 && steps - measured[rows] < OLD;
    }
}
