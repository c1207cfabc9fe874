package smelt.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.runtime.StepRunner;

/**
 * What other threads may know of the step that runs, to end it early: nobody waits for what nobody wants any more, and
 * who comes need not wait for the long step of a prompt that was alone.
 */
final class RunningStep {
    /** A newcomer waits so long for a step; one that ends sooner is not thrown away for it. */
    private static final long WORTH_NANOS = 40_000_000;

    private final StepRunner runner;
    /** Null where none runs. */
    private @Nullable List<Sequence> sequences;

    private boolean yields;
    private boolean stopped;
    private long endNanos;

    RunningStep(StepRunner runner) {
        this.runner = runner;
    }

    /**
     * @param sequences not changed until {@link #end}
     * @param yields whether it ends early for a newcomer
     * @param endNanos when it is expected to end by itself; Long.MAX_VALUE where nobody knows
     */
    synchronized void begin(List<Sequence> sequences, boolean yields, long endNanos) {
        this.sequences = sequences;
        this.yields = yields;
        this.endNanos = endNanos;
        if (stopped) {
            runner.interrupt();
        }
    }

    synchronized void end() {
        sequences = null;
    }

    /** Some sequence was cancelled. */
    synchronized void cancelled() {
        if (sequences != null && sequences.stream().allMatch(Sequence::isCancelled)) {
            runner.interrupt();
        }
    }

    /** A request has arrived. */
    synchronized void arrived(long nowNanos) {
        if (sequences != null && yields && (endNanos == Long.MAX_VALUE || endNanos - nowNanos > WORTH_NANOS)) {
            runner.interrupt();
        }
    }

    /** Everything ends: this step and all that follow. */
    synchronized void stop() {
        stopped = true;
        if (sequences != null) {
            runner.interrupt();
        }
    }
}
