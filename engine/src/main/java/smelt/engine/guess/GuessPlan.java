package smelt.engine.guess;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who guesses how many tokens in a step, for the most expected tokens per nanosecond: the likeliest guess first, as
 * many as let the rate grow, by measured times of steps and measured shares of right guesses. Reused for every step.
 */
final class GuessPlan {
    static final int MOST_SEQUENCES = 16;
    static final int MOST_ROWS = 32;
    private static final int MOST_GUESSES = 15;
    /** Tokens that a draft model computes beside its first guess at most; where it lacks more, it catches up first. */
    static final int READY = 12;

    /** For each sequence of the step, who guesses for it. */
    private final @Nullable Proposer[] proposers = new Proposer[MOST_SEQUENCES];
    /** Its guesses so far, and how likely all of them and one more are right. */
    private final int[] counts = new int[MOST_SEQUENCES];

    private final double[] chances = new double[MOST_SEQUENCES];
    /** Whose guess is taken first, second, ... */
    private final int[] order = new int[MOST_ROWS];
    /** Rows of the draft model's steps that make the first guesses, the second ones, ... */
    private final int[] draftRows = new int[DraftProposer.MOST_GUESSES];

    private int drafted;
    private double draftNanos;
    private int taken;
    private double rate;

    /** Who may guess for sequence {@code i}, or nobody. */
    void let(int i, @Nullable Proposer proposer, Guessed sequence) {
        proposers[i] = proposer;
        counts[i] = 0;
        chances[i] = chance(i, sequence);
    }

    @Nullable
    Proposer proposer(int i) {
        return proposers[i];
    }

    /** How likely the first guess for sequence {@code i} is right; after {@link #make}, too. */
    double chance(int i) {
        Proposer proposer = proposers[i];
        return proposer == null ? 0 : proposer.chance(0);
    }

    private double chance(int i, Guessed sequence) {
        Proposer proposer = proposers[i];
        int guess = counts[i];
        return proposer != null && guess < Math.min(MOST_GUESSES, sequence.room() - 1) ? proposer.chance(guess) : 0;
    }

    /**
     * Makes the plan.
     *
     * @param leastRate expected tokens per nanosecond that are worth any guess
     */
    void make(List<? extends Guessed> step, StepCosts cost, @Nullable Draft draft, int most, double leastRate) {
        int sequences = step.size();
        double tokens = sequences;
        Arrays.fill(draftRows, 0);
        drafted = 0;
        draftNanos = 0;
        taken = 0;
        rate = leastRate;
        for (int i = 0; i < Math.min(most, MOST_ROWS - sequences); i++) {
            int next = likeliest(sequences);
            if (chances[next] <= 0 || !charge(next, step.get(next), draft)) {
                return;
            }
            order[i] = next;
            counts[next]++;
            tokens += chances[next];
            chances[next] *= chance(next, step.get(next));
            double reached = tokens / (cost.of(sequences + i + 1) + draftNanos);
            if (reached > rate) {
                rate = reached;
                taken = i + 1;
            }
        }
    }

    /** Adds what the draft model takes for the next guess of sequence {@code i}; false where it cannot make it. */
    private boolean charge(int i, Guessed sequence, @Nullable Draft draft) {
        if (draft == null || !(proposers[i] instanceof DraftProposer proposer)) {
            return true;
        }
        int depth = counts[i];
        int rows = depth == 0 ? sequence.tokenCount() - proposer.computed() : 1;
        drafted += depth == 0 ? 1 : 0;
        draftNanos -= draft.nanosOf(draftRows[depth]);
        draftRows[depth] += rows;
        draftNanos += draft.nanosOf(draftRows[depth]);
        return draft.mayRun(drafted, draftRows[depth]);
    }

    private int likeliest(int sequences) {
        int best = 0;
        for (int i = 1; i < sequences; i++) {
            best = chances[i] > chances[best] ? i : best;
        }
        return best;
    }

    /** Guesses in all. */
    int taken() {
        return taken;
    }

    /** Expected tokens per nanosecond. */
    double rate() {
        return rate;
    }

    /** Tells the sequences. */
    void apply(List<? extends Guessed> step) {
        for (int i = 0; i < taken; i++) {
            Guessed sequence = step.get(order[i]);
            sequence.guesses().take(proposers[order[i]], sequence.guesses().count() + 1);
        }
    }
}
