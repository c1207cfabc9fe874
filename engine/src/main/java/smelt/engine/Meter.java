package smelt.engine;

/** Counts what the engine does; written on its thread, its {@link #metrics} are read on any. */
final class Meter {
    private long promptTokens;
    private long cachedTokens;
    private long generatedTokens;
    private long proposedTokens;
    private long acceptedTokens;
    private long steps;
    private long rows;
    private long stepNanos;
    private long ownNanos;
    private long nanosOfStep;
    private int generatedInStep;
    private final Rate generating = new Rate();
    private volatile Metrics metrics = Metrics.NONE;

    Metrics metrics() {
        return metrics;
    }

    void computedPrompt(int tokens, int cached) {
        promptTokens += tokens;
        cachedTokens += cached;
    }

    void generated() {
        generatedInStep++;
    }

    void proposed(int tokens) {
        proposedTokens += tokens;
    }

    void accepted() {
        acceptedTokens++;
    }

    /** The model ran for so long in this step. */
    void ran(long nanos) {
        nanosOfStep = nanos;
    }

    /** The end of a step, that had so many rows and took so long in all; none where there was nothing to do. */
    void pass(long nanos, int stepRows) {
        if (stepRows > 0) {
            steps++;
            rows += stepRows;
            stepNanos += nanosOfStep;
            ownNanos += nanos - nanosOfStep;
            generatedTokens += generatedInStep;
            generating.add(generatedInStep, nanos);
        }
        nanosOfStep = 0;
        generatedInStep = 0;
    }

    void look(Scheduler scheduler, Admission admission) {
        BlockPool pool = scheduler.pool();
        metrics = new Metrics(
                scheduler.runningCount(),
                scheduler.waitingCount(),
                admission.queuedTokens(),
                pool.freeCount(),
                pool.cachedCount(),
                pool.blockCount() - pool.available(),
                promptTokens,
                cachedTokens,
                generatedTokens,
                proposedTokens,
                acceptedTokens,
                scheduler.preemptions(),
                steps,
                rows,
                stepNanos,
                ownNanos,
                generating.perSecond());
    }
}
