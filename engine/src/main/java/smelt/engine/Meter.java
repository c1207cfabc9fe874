package smelt.engine;

/** Counts what the engine does; written on its thread, its {@link #metrics} are read on any. */
final class Meter {
    private long promptTokens;
    private long cachedTokens;
    private long generatedTokens;
    private Metrics.Guesses ngrams = Metrics.Guesses.NONE;
    private Metrics.Guesses drafts = Metrics.Guesses.NONE;
    private long interruptions;
    private long steps;
    private long rows;
    private long stepNanos;
    private long ownNanos;
    private long draftNanos;
    private long nanosOfStep;
    private long nanosOfDraft;
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

    /** The guesses of a sequence were computed. */
    void proposed(Sequence sequence) {
        count(sequence, sequence.proposed(), 0);
    }

    /** One of them was right. */
    void accepted(Sequence sequence) {
        count(sequence, 0, 1);
    }

    private void count(Sequence sequence, int proposed, int accepted) {
        switch (sequence.proposer()) {
            case NgramProposer by -> ngrams = ngrams.plus(proposed, accepted);
            case DraftProposer by -> drafts = drafts.plus(proposed, accepted);
            case null -> {}
        }
    }

    /** The draft model ran for so long before this step. */
    void drafted(long nanos) {
        nanosOfDraft = nanos;
    }

    /** The model ran for so long in this step. */
    void ran(long nanos) {
        nanosOfStep = nanos;
    }

    /** The step was ended early, and its rows are no use. */
    void interrupted() {
        interruptions++;
    }

    /** The end of a step, that had so many rows and took so long in all; none where there was nothing to do. */
    void pass(long nanos, int stepRows) {
        if (stepRows > 0) {
            steps++;
            rows += stepRows;
            stepNanos += nanosOfStep;
            draftNanos += nanosOfDraft;
            ownNanos += nanos - nanosOfStep - nanosOfDraft;
            generatedTokens += generatedInStep;
            generating.add(generatedInStep, nanos);
        }
        nanosOfStep = 0;
        nanosOfDraft = 0;
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
                ngrams,
                drafts,
                scheduler.savedNanos(),
                scheduler.preemptions(),
                interruptions,
                steps,
                rows,
                stepNanos,
                draftNanos,
                ownNanos,
                generating.perSecond());
    }
}
