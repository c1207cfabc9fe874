package smelt.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many guesses are computed beside the tokens that generating sequences have. A guess that is right saves a step;
 * so as many are taken, the likeliest first, as let the expected tokens per nanosecond grow, by measured times of steps
 * and measured shares of right guesses. Where nothing is to be gained, a step has none.
 */
final class Speculator {
    /** More sequences than this fill the machine without guesses. */
    private static final int MOST_SEQUENCES = 16;

    private static final int MOST_ROWS = 32;
    private static final int MOST_GUESSES = 15;
    /** What is expected to be gained at least: expectations err. */
    private static final double LEAST_GAIN = 1.05;

    private final @Nullable StepCosts[] costs = new StepCosts[MOST_SEQUENCES + 1];
    /** For each sequence of the step: its guesses so far, and how likely all of them and one more are right. */
    private final int[] counts = new int[MOST_SEQUENCES];

    private final double[] chances = new double[MOST_SEQUENCES];
    /** Whose guess is taken first, second, ... */
    private final int[] order = new int[MOST_ROWS];

    /** Gives the sequences of a step, each of which generates one token, {@code most} guesses at most. */
    void propose(List<Sequence> step, int most) {
        int sequences = step.size();
        if (sequences > MOST_SEQUENCES
                || most <= 0
                || !look(step)
                || costs(sequences).wantsBase()) {
            return;
        }
        int taken = plan(step, costs(sequences), Math.min(most, MOST_ROWS - sequences));
        for (int i = 0; i < taken; i++) {
            Sequence sequence = step.get(order[i]);
            sequence.propose(sequence.proposed() + 1);
        }
    }

    /** Whether any of them has a guess. */
    private boolean look(List<Sequence> step) {
        boolean any = false;
        for (int i = 0; i < step.size(); i++) {
            counts[i] = 0;
            chances[i] = 0;
            if (step.get(i).request().terms().speculates()) {
                chances[i] = chance(step.get(i), 0);
                any |= chances[i] > 0;
            }
        }
        return any;
    }

    private static double chance(Sequence sequence, int guess) {
        NgramProposer proposer = sequence.proposer();
        return guess < Math.min(MOST_GUESSES, sequence.room() - 1) && proposer.hasGuess() ? proposer.chance(guess) : 0;
    }

    /** Puts guesses in order; returns how many of them are the best number. */
    private int plan(List<Sequence> step, StepCosts cost, int most) {
        int sequences = step.size();
        double tokens = sequences;
        double best = LEAST_GAIN * sequences / cost.of(sequences);
        int taken = 0;
        for (int i = 0; i < most; i++) {
            int next = likeliest(sequences);
            if (chances[next] <= 0) {
                break;
            }
            order[i] = next;
            tokens += chances[next];
            chances[next] *= chance(step.get(next), ++counts[next]);
            double rate = tokens / cost.of(sequences + i + 1);
            if (rate > best) {
                best = rate;
                taken = i + 1;
            }
        }
        return taken;
    }

    private int likeliest(int sequences) {
        int best = 0;
        for (int i = 1; i < sequences; i++) {
            best = chances[i] > chances[best] ? i : best;
        }
        return best;
    }

    /** A step of generating sequences with so many rows took so long. */
    void observe(int sequences, int rows, long nanos) {
        if (sequences <= MOST_SEQUENCES && rows <= MOST_ROWS) {
            costs(sequences).observe(rows, nanos);
        }
    }

    private StepCosts costs(int sequences) {
        StepCosts of = costs[sequences];
        if (of == null) {
            of = new StepCosts(sequences, MOST_ROWS);
            costs[sequences] = of;
        }
        return of;
    }
}
