package smelt.engine.guess;

/**
 * How much time guesses may lose: a small share of that of steps without any, and what guesses have saved, neither
 * without end. So text that turns, and a machine that others slow down, cost little before it is noticed.
 */
final class Allowance {
    private static final double SHARE = 0.01;
    /** Steps without guesses that may be lost at once, and that a debt is at most. */
    private static final int STEPS = 6;
    /** Expected ratio of speeds, with and without guesses, that is worth it: expectations err. */
    private static final double USUAL_GAIN = 1.05;
    /** The same where expectations were wrong of late. */
    private static final double GAIN_IN_DEBT = 1.25;

    private double nanos;
    private double goal;
    private double saved;
    private boolean begun;

    /** A step without guesses took so long. */
    void earn(double step) {
        nanos = begun ? nanos + SHARE * step : STEPS * step;
        begun = true;
        limit(step);
    }

    /**
     * What a step with guesses saved or, below zero, lost.
     *
     * @param step nanoseconds of a step without
     */
    void settle(double gain, double step) {
        saved += gain;
        nanos += gain;
        limit(step);
    }

    private void limit(double step) {
        nanos = Math.clamp(nanos, -STEPS * step, Math.max(goal, 2 * STEPS * step));
    }

    /** Whether so much may be lost; where not, it is saved up. */
    boolean affords(double loss) {
        goal = loss;
        return begun && nanos >= loss;
    }

    boolean isInDebt() {
        return nanos < 0;
    }

    /** The least expected gain that is worth guessing. */
    double leastGain() {
        return isInDebt() ? GAIN_IN_DEBT : USUAL_GAIN;
    }

    /** Nanoseconds saved in all; below zero: lost. */
    long savedNanos() {
        return (long) saved;
    }
}
