package smelt.engine;

import smelt.engine.cache.BlockPool;
import smelt.engine.guess.Guesses;

/** Counts what the engine does; written on its thread, its {@link #metrics} are read on any. */
final class Meter {
    private enum Count {
        PROMPT_TOKENS,
        CACHED_TOKENS,
        GENERATED_TOKENS,
        PROPOSED_NGRAMS,
        ACCEPTED_NGRAMS,
        PROPOSED_DRAFTS,
        ACCEPTED_DRAFTS,
        INTERRUPTIONS,
        STEPS,
        ROWS,
        STEP_NANOS,
        DRAFT_NANOS,
        OWN_NANOS,
        // told by others
        SAVED_NANOS,
        RUNNING,
        WAITING,
        QUEUED_TOKENS,
        BLOCKS_FREE,
        BLOCKS_CACHED,
        BLOCKS_USED,
        PREEMPTIONS
    }

    private final long[] counts = new long[Count.values().length];
    /** The counts at the end of the last step, guarded by this. */
    private final long[] shown = counts.clone();

    private long nanosOfStep;
    private long nanosOfDraft;
    private int generatedInStep;
    private final Rate generating = new Rate();

    synchronized Metrics metrics() {
        return new Metrics(
                (int) shown(Count.RUNNING),
                (int) shown(Count.WAITING),
                shown(Count.QUEUED_TOKENS),
                (int) shown(Count.BLOCKS_FREE),
                (int) shown(Count.BLOCKS_CACHED),
                (int) shown(Count.BLOCKS_USED),
                shown(Count.PROMPT_TOKENS),
                shown(Count.CACHED_TOKENS),
                shown(Count.GENERATED_TOKENS),
                new Metrics.Guesses(shown(Count.PROPOSED_NGRAMS), shown(Count.ACCEPTED_NGRAMS)),
                new Metrics.Guesses(shown(Count.PROPOSED_DRAFTS), shown(Count.ACCEPTED_DRAFTS)),
                shown(Count.SAVED_NANOS),
                shown(Count.PREEMPTIONS),
                shown(Count.INTERRUPTIONS),
                shown(Count.STEPS),
                shown(Count.ROWS),
                shown(Count.STEP_NANOS),
                shown(Count.DRAFT_NANOS),
                shown(Count.OWN_NANOS),
                generating.perSecond());
    }

    private long shown(Count count) {
        return shown[count.ordinal()];
    }

    private void add(Count count, long amount) {
        counts[count.ordinal()] += amount;
    }

    private void set(Count count, long amount) {
        counts[count.ordinal()] = amount;
    }

    void computedPrompt(int tokens, int cached) {
        add(Count.PROMPT_TOKENS, tokens);
        add(Count.CACHED_TOKENS, cached);
    }

    void generated() {
        generatedInStep++;
    }

    /** The guesses of a sequence were computed. */
    void proposed(Sequence sequence) {
        Guesses guesses = sequence.guesses();
        add(guesses.byDraft() ? Count.PROPOSED_DRAFTS : Count.PROPOSED_NGRAMS, guesses.count());
    }

    /** One of them was right. */
    void accepted(Sequence sequence) {
        add(sequence.guesses().byDraft() ? Count.ACCEPTED_DRAFTS : Count.ACCEPTED_NGRAMS, 1);
    }

    /** The draft model ran for so long before this step. */
    void drafted(long nanos) {
        nanosOfDraft = nanos;
    }

    /** The model ran for so long in this step. */
    void ran(long nanos) {
        nanosOfStep = nanos;
    }

    /** And so long for prompts beside it. */
    void ranAside(long nanos) {
        nanosOfStep += nanos;
    }

    /** The step was ended early, and its rows are no use. */
    void interrupted() {
        add(Count.INTERRUPTIONS, 1);
    }

    /** The end of a step, that computed so many rows and took so long in all. */
    void pass(long nanos, int stepRows) {
        add(Count.STEPS, 1);
        add(Count.ROWS, stepRows);
        add(Count.STEP_NANOS, nanosOfStep);
        add(Count.DRAFT_NANOS, nanosOfDraft);
        add(Count.OWN_NANOS, nanos - nanosOfStep - nanosOfDraft);
        add(Count.GENERATED_TOKENS, generatedInStep);
        generating.add(generatedInStep, nanos);
        nanosOfStep = 0;
        nanosOfDraft = 0;
        generatedInStep = 0;
    }

    void look(Scheduler scheduler, Admission admission) {
        BlockPool pool = scheduler.pool();
        set(Count.SAVED_NANOS, scheduler.savedNanos());
        set(Count.RUNNING, scheduler.runningCount());
        set(Count.WAITING, scheduler.waitingCount());
        set(Count.QUEUED_TOKENS, admission.queuedTokens());
        set(Count.BLOCKS_FREE, pool.freeCount());
        set(Count.BLOCKS_CACHED, pool.cachedCount());
        set(Count.BLOCKS_USED, pool.blockCount() - pool.available());
        set(Count.PREEMPTIONS, scheduler.preemptions());
        synchronized (this) {
            System.arraycopy(counts, 0, shown, 0, counts.length);
        }
    }
}
