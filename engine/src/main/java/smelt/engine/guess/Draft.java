package smelt.engine.guess;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Trace;
import smelt.engine.sampling.Sampler;
import smelt.engine.sampling.Sampling;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/**
 * A smaller model of the same vocabulary, which guesses what the engine's own model will say: the most likely tokens,
 * one after the other, for all sequences that want some in common steps. It has KV blocks of its own and no part in any
 * answer: a sequence for which it has no blocks, no positions or no luck goes without, and where it fails, all do.
 */
public final class Draft {
    /** Rows whose steps are measured one by one; more of them by the row. */
    static final int FEW_ROWS = 32;

    private static final double FIRST_SHARE = 0.6;
    private static final int FIRST_WEIGHT = 8;
    private static final int MEMORY = 128;
    /** Weight of the latest measurement. */
    private static final double LATEST = 0.3;

    private final StepRunner runner;
    private final StepRunner.Limits limits;
    private final LongSupplier nanoClock;
    private final int vocabulary;
    private final Sampler sampler;
    private final Map<Guessed, DraftProposer> proposers = new HashMap<>();
    private final int[] free;
    private int freeCount;
    private final RightShare share = new RightShare(FIRST_SHARE, FIRST_WEIGHT, MEMORY);
    private final StepCosts costs = new StepCosts(1, FEW_ROWS);
    private double nanosPerRow;
    private long nanos;
    private boolean failed;

    /** @param vocabulary of the engine's model, whose ids mean the same here */
    public Draft(StepRunner runner, int vocabulary, LongSupplier nanoClock) {
        this.runner = runner;
        this.nanoClock = nanoClock;
        limits = runner.limits();
        this.vocabulary = vocabulary;
        sampler = new Sampler(limits.vocabulary());
        free = new int[limits.blockCount()];
        for (int block = 0; block < free.length; block++) {
            free[freeCount++] = block;
        }
    }

    /** What guesses for the sequence, having seen its tokens; null where this model cannot, or nobody may. */
    @Nullable
    DraftProposer proposer(Guessed sequence) {
        if (failed
                || !sequence.speculates()
                || sequence.tokenCount() + DraftProposer.MOST_GUESSES > limits.contextLength()) {
            return null;
        }
        DraftProposer proposer = proposers.get(sequence);
        if (proposer == null) {
            proposer = new DraftProposer(share);
            proposers.put(sequence, proposer);
        }
        proposer.see(sequence.tokens(), sequence.tokenCount());
        boolean known = proposer.knows(sequence.tokens(), sequence.tokenCount(), limits.vocabulary());
        return known && hasBlocks(proposer, sequence.tokenCount() + DraftProposer.MOST_GUESSES) ? proposer : null;
    }

    /** Sequences that a step of so many rows in all may guess for. */
    boolean mayRun(int sequences, int rows) {
        return sequences <= limits.maxLogits() && rows <= limits.maxRows();
    }

    private boolean hasBlocks(DraftProposer proposer, int positions) {
        int needed = Math.ceilDiv(positions, limits.blockPositions());
        if (needed - proposer.blockCount > freeCount) {
            return false;
        }
        if (needed > proposer.blocks.length) {
            proposer.blocks = Arrays.copyOf(proposer.blocks, needed + needed / 2);
        }
        while (proposer.blockCount < needed) {
            proposer.blocks[proposer.blockCount++] = free[--freeCount];
        }
        return true;
    }

    /** The sequence is over. */
    void forget(Guessed sequence) {
        DraftProposer proposer = proposers.remove(sequence);
        while (proposer != null && proposer.blockCount > 0) {
            free[freeCount++] = proposer.blocks[--proposer.blockCount];
        }
    }

    /** Nanoseconds that a step of so many rows will take; 0 where nothing was measured. */
    double nanosOf(int rows) {
        return rows == 0 ? 0 : rows <= FEW_ROWS ? costs.of(rows) : costs.of(FEW_ROWS) + nanosPerRow * (rows - FEW_ROWS);
    }

    /** Nanoseconds that this model took since this was asked last. */
    long takeNanos() {
        long taken = nanos;
        nanos = 0;
        return taken;
    }

    /** Computes up to {@code most} of the tokens before the last one that are missing here. */
    void catchUp(Guessed sequence, DraftProposer proposer, int most) {
        int missing = sequence.tokenCount() - 1 - proposer.computed();
        int length = Math.min(Math.min(most, limits.maxRows()), missing);
        if (length > 0 && !failed) {
            StepBatch.Chunk chunk = chunk(sequence, proposer, length, false);
            measure(length, () -> {
                runner.run(new StepBatch(List.of(chunk)));
                proposer.advance(length);
            });
        }
    }

    /** A sequence that wants guesses of this model. */
    private record Asking(Guessed sequence, DraftProposer proposer) {
        /** What the draft model computes for the next of {@code depth} guesses and one more. */
        StepBatch.Chunk chunk(int depth) {
            if (depth == 0) {
                return Draft.chunk(sequence, proposer, sequence.tokenCount() - proposer.computed(), true);
            }
            int[] last = {proposer.guess(sequence.tokens(), depth - 1)};
            return new StepBatch.Chunk(last, sequence.tokenCount() + depth - 1, proposer.blocks, 0);
        }

        void take(int guess, int depth, int length) {
            proposer.advance(depth == 0 ? length : 0);
            proposer.add(guess, sequence.tokenCount());
        }
    }

    /**
     * Guesses for those of {@code step} whose {@linkplain Guessed#guesses guesses} are of this model, as many as are to
     * be made for each; where that fails, all of them go without.
     */
    void guess(List<? extends Guessed> step) {
        List<Asking> asking = new ArrayList<>();
        for (int i = 0; i < step.size(); i++) {
            Guesses wanted = step.get(i).guesses();
            if (wanted.count() > 0 && wanted.proposer() instanceof DraftProposer proposer) {
                asking.add(new Asking(step.get(i), proposer));
            }
        }
        List<Asking> left = new ArrayList<>(asking);
        for (int depth = 0; !failed && !left.isEmpty(); depth++) {
            int done = depth + 1;
            guessOne(left, depth);
            left.removeIf(one -> one.sequence.guesses().count() <= done);
        }
        if (failed) {
            asking.forEach(one -> one.sequence.guesses().limit(0));
        }
    }

    private void guessOne(List<Asking> asking, int depth) {
        List<StepBatch.Chunk> chunks = new ArrayList<>(asking.size());
        int rows = 0;
        for (Asking one : asking) {
            chunks.add(one.chunk(depth));
            rows += chunks.getLast().tokens().length;
        }
        measure(rows, () -> guessOne(asking, chunks, depth));
    }

    private void guessOne(List<Asking> asking, List<StepBatch.Chunk> chunks, int depth) {
        StepRunner.Logits logits = runner.run(new StepBatch(chunks));
        for (int i = 0; i < asking.size(); i++) {
            Guessed sequence = asking.get(i).sequence;
            int likeliest = sampler.choose(logits, i, Sampling.GREEDY, sequence.tokens(), sequence.tokenCount(), 0);
            // where this vocabulary is padded further, any known token will do for a guess
            asking.get(i)
                    .take(
                            Math.min(likeliest, vocabulary - 1),
                            depth,
                            chunks.get(i).tokens().length);
        }
    }

    private static StepBatch.Chunk chunk(Guessed sequence, DraftProposer proposer, int length, boolean asks) {
        int from = proposer.computed();
        int[] tokens = Arrays.copyOfRange(sequence.tokens(), from, from + length);
        return new StepBatch.Chunk(tokens, from, proposer.blocks, asks ? length - 1 : length);
    }

    /** What fails, fails for ever: the engine goes on without. */
    private void measure(int rows, Runnable work) {
        long begin = nanoClock.getAsLong();
        try {
            work.run();
        } catch (Throwable e) {
            failed = true;
            Trace.print(Trace.CHOICES, () -> "the draft model failed and guesses no more: " + e);
        }
        long took = nanoClock.getAsLong() - begin;
        nanos += took;
        learn(rows, took);
    }

    private void learn(int rows, long took) {
        if (rows <= FEW_ROWS) {
            costs.observe(rows, took);
        } else {
            double news = (double) took / rows;
            nanosPerRow += nanosPerRow == 0 ? news : LATEST * (news - nanosPerRow);
        }
    }
}
