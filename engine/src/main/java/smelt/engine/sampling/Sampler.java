package smelt.engine.sampling;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import smelt.runtime.StepRunner;

/**
 * Chooses tokens and tells their log-probabilities. All arithmetic has one order and is the same on every JVM. Scratch
 * memory is reused: one sampler serves one thread.
 */
public final class Sampler {
    /** Candidates that are looked at first where only a share of the probability is wanted. */
    private static final int FIRST_LOOK = 32;

    private final int vocabulary;
    private final LogitRow row;
    private final Penalties penalties;
    private final Candidates candidates = new Candidates();
    private final Largest largest = new Largest();
    private LogProbs.Top[] tops = {};

    public Sampler(int vocabulary) {
        this.vocabulary = vocabulary;
        row = new LogitRow(vocabulary);
        penalties = new Penalties(vocabulary);
    }

    /**
     * At which temperatures the step is to sum up the rows that tokens are chosen from.
     *
     * @param tells whether log-probabilities are wanted of them, too
     */
    public static List<Double> temperatures(Sampling sampling, boolean tells) {
        boolean all = sampling.temperature() > 0 && sampling.topK() == 0;
        boolean draws = all && !sampling.filters();
        boolean nucleus = all && sampling.topP() < 1 && sampling.typicalP() == 1;
        boolean ones = nucleus || tells;
        if (draws && ones && sampling.temperature() != 1) {
            return List.of(1.0, sampling.temperature());
        }
        return ones ? List.of(1.0) : draws ? List.of(sampling.temperature()) : List.of();
    }

    /** The token after {@code tokens[0..count)}, given the model's row {@code index} there. */
    public int choose(StepRunner.Logits logits, int index, Sampling sampling, int[] tokens, int count, int choice) {
        return choose(logits, index, sampling, tokens, count, choice, Set.of(), null);
    }

    /**
     * The same among some tokens only.
     *
     * @param banned tokens that are never chosen; those beyond the vocabulary count for nothing
     * @param allowed the only tokens that may be chosen; null for all
     */
    public int choose(
            StepRunner.Logits logits,
            int index,
            Sampling sampling,
            int[] tokens,
            int count,
            int choice,
            Set<Integer> banned,
            @Nullable TokenSet allowed) {
        row.turnTo(logits, index);
        if (allowed != null) {
            row.allowOnly(allowed);
        }
        if (!banned.isEmpty()) {
            ban(banned);
        }
        if (!sampling.logitBias().isEmpty()) {
            sampling.logitBias().forEach((id, bias) -> row.set(id, row.get(id) + bias));
        }
        if (sampling.penalises()) {
            penalties.apply(row, sampling, tokens, count);
        }
        if (sampling.temperature() == 0) {
            return row.argmax();
        }
        float max = row.max();
        double uniform = Randomness.uniform(sampling.seed(), choice, count);
        boolean all = sampling.topK() == 0 || sampling.topK() >= vocabulary;
        if (all && !sampling.filters()) {
            return row.draw(max, sampling.temperature(), uniform);
        }
        if (all && sampling.typicalP() == 1) {
            selectNoMoreThanNeeded(max, sampling);
        } else {
            candidates.select(row, all ? vocabulary : sampling.topK());
            thinOut(sampling);
        }
        return candidates.draw(sampling.temperature(), uniform);
    }

    private void ban(Set<Integer> banned) {
        for (int id : banned) {
            if (id < vocabulary) {
                row.set(id, Float.NEGATIVE_INFINITY);
            }
        }
    }

    private void thinOut(Sampling sampling) {
        if (sampling.typicalP() < 1) {
            candidates.keepTypical(sampling.typicalP());
        }
        if (sampling.topP() < 1) {
            candidates.keepMass(sampling.topP(), candidates.mass());
        }
        if (sampling.minP() > 0) {
            candidates.keepLikely(sampling.minP());
        }
    }

    /** Top-p and min-p over the whole vocabulary: sorts no more of it than they keep. */
    private void selectNoMoreThanNeeded(float max, Sampling sampling) {
        double mass = sampling.topP() < 1 ? row.mass(max, 1) : 0;
        boolean enough = false;
        for (int k = FIRST_LOOK; !enough; k *= 8) {
            candidates.select(row, Math.min(k, vocabulary));
            enough = k >= vocabulary;
            if (sampling.topP() < 1) {
                enough |= candidates.keepMass(sampling.topP(), mass);
            }
            if (sampling.minP() > 0) {
                enough |= candidates.keepLikely(sampling.minP());
            }
        }
    }

    /** The model's own log-probability of {@code token} and of the {@code top} most likely ones. */
    public LogProbs logProbs(StepRunner.Logits logits, int index, int token, int top) {
        row.turnTo(logits, index);
        float max = row.max();
        double norm = max + StrictMath.log(row.mass(max, 1));
        row.selectLargest(largest, top);
        tops = tops.length == largest.count() ? tops : new LogProbs.Top[largest.count()];
        for (int rank = 0; rank < tops.length; rank++) {
            tops[rank] = new LogProbs.Top(largest.index(rank), largest.value(rank) - norm);
        }
        return new LogProbs(row.get(token) - norm, List.of(tops));
    }
}
