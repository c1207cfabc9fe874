package smelt.planner.time;

import java.util.function.IntToDoubleFunction;

/** Steps of the whole deployment, shared evenly by its copies. */
final class Clock implements StepClock {
    private static final int LENGTH = 1024;

    private final Work work;
    private final double[] constants;
    private final double[] mends = new double[32];

    /** @param mend what measurements near by multiply the physics with, for a number of users */
    Clock(Work work, double[] constants, IntToDoubleFunction mend) {
        this.work = work;
        this.constants = constants.clone();
        for (int i = 0; i < mends.length; i++) {
            mends[i] = mend.applyAsDouble(1 << Math.min(i, 14));
        }
    }

    @Override
    public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
        double copies = work.copies();
        double position = decodeRows == 0 ? 0 : (double) decodeContext / decodeRows;
        double promptPosition = promptRows == 0 ? 0 : (double) promptContext / promptRows;
        double plain =
                Steps.seconds(work, constants, decodeRows / copies, position, promptRows / copies, promptPosition);
        return plain * mends[31 - Integer.numberOfLeadingZeros(Math.max(decodeRows, 1))];
    }

    @Override
    public long kvTokens() {
        return (long) (Memory.room(work) / (work.kept(LENGTH) / LENGTH) * work.stages() * work.copies());
    }
}
