package smelt.engine;

/**
 * The engine after its latest step. Counts are since its start.
 *
 * @param running sequences that share steps
 * @param waiting sequences that do not, those that gave way included
 * @param queuedTokens prompt tokens that have not started
 * @param blocksFree KV blocks that hold nothing
 * @param blocksCached KV blocks that no sequence holds and a later one may find
 * @param blocksUsed KV blocks that sequences hold
 * @param promptTokens of all prompts that have started
 * @param cachedTokens of these, those whose keys and values were there already
 * @param generatedTokens told to consumers
 * @param ngrams guesses at next tokens by what followed the same ones before
 * @param drafts guesses of the draft model
 * @param savedNanos time that guesses have saved, by the engine's own measurement; below zero: lost
 * @param preemptions how often a sequence had to give its blocks to another
 * @param interruptions steps that were ended early, for those who came, cancelled or closed, and what they had computed
 *     was lost
 * @param steps that the model ran, those that were ended early included
 * @param rows tokens computed in them
 * @param stepNanos time in the model
 * @param draftNanos time in the draft model
 * @param ownNanos time of the steps outside of the models: scheduling, choosing tokens, consumers
 * @param tokensPerSecond generated, over the last seconds that had work
 */
public record Metrics(
        int running,
        int waiting,
        long queuedTokens,
        int blocksFree,
        int blocksCached,
        int blocksUsed,
        long promptTokens,
        long cachedTokens,
        long generatedTokens,
        Guesses ngrams,
        Guesses drafts,
        long savedNanos,
        long preemptions,
        long interruptions,
        long steps,
        long rows,
        long stepNanos,
        long draftNanos,
        long ownNanos,
        double tokensPerSecond) {
    /**
     * Guesses of one kind.
     *
     * @param proposed that were computed
     * @param accepted of these, those that were right and so saved a step
     */
    public record Guesses(long proposed, long accepted) {}

    /** Guesses that were computed. */
    public long proposedTokens() {
        return ngrams.proposed + drafts.proposed;
    }

    /** Guesses that were right and so saved a step. */
    public long acceptedTokens() {
        return ngrams.accepted + drafts.accepted;
    }

    /** Share of guesses that were right; 0 where there were none. */
    public double acceptedShare() {
        return proposedTokens() == 0 ? 0 : (double) acceptedTokens() / proposedTokens();
    }

    public double rowsPerStep() {
        return steps == 0 ? 0 : (double) rows / steps;
    }
}
