package smelt.planner.simulation;

import smelt.planner.time.StepClock;

/** Step times that tests know. */
record Clocks(double step, double promptRow, double decodeRow, double position, long kvTokens) implements StepClock {
    /** Like 8 billion parameters on a datacentre device: 6 ms a step, 20,000 tokens of prompts a second. */
    static final Clocks USUAL = new Clocks(6e-3, 5e-5, 2e-5, 1e-9, 400_000);

    @Override
    public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
        return step + promptRow * promptRows + decodeRow * decodeRows + position * (promptContext + decodeContext);
    }

    Clocks withKvTokens(long value) {
        return new Clocks(step, promptRow, decodeRow, position, value);
    }
}
