package smelt.engine;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Chooses tokens and tells their log-probabilities. All arithmetic has one order and is the same on every JVM. Scratch
 * memory is reused: one sampler serves one thread.
 */
final class Sampler {
    /** Candidates that are looked at first where only a share of the probability is wanted. */
    private static final int FIRST_LOOK = 256;

    private final int vocabulary;
    private final Logits logits;
    private final Penalties penalties = new Penalties();
    private final Candidates candidates = new Candidates();
    private final Largest largest = new Largest();

    Sampler(int vocabulary) {
        this.vocabulary = vocabulary;
        logits = new Logits(vocabulary);
    }

    /** The token after {@code tokens[0..count)}, given the model's logits there. */
    int choose(MemorySegment row, Sampling sampling, int[] tokens, int count, int choice) {
        boolean plain = !sampling.penalises() && sampling.logitBias().isEmpty();
        if (plain && sampling.temperature() == 0) {
            return logits.argmax(row);
        }
        float[] values = logits.copy(row);
        sampling.logitBias().forEach((id, bias) -> values[id] += bias);
        if (sampling.penalises()) {
            penalties.apply(values, sampling, tokens, count);
        }
        if (sampling.temperature() == 0) {
            return Logits.argmax(values);
        }
        float max = Logits.finiteMax(values);
        double uniform = Randomness.uniform(sampling.seed(), choice, count);
        boolean all = sampling.topK() == 0 || sampling.topK() >= vocabulary;
        if (all && sampling.typicalP() == 1 && sampling.topP() == 1 && sampling.minP() == 0) {
            return drawFromAll(values, max, sampling.temperature(), uniform);
        }
        if (all && sampling.typicalP() == 1) {
            selectNoMoreThanNeeded(values, max, sampling);
        } else {
            candidates.select(values, vocabulary, all ? vocabulary : sampling.topK());
            thinOut(sampling);
        }
        return candidates.draw(sampling.temperature(), uniform);
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
    private void selectNoMoreThanNeeded(float[] values, float max, Sampling sampling) {
        double mass = sampling.topP() < 1 ? StrictMath.exp(Exp.logSumExp(values, vocabulary, max) - max) : 0;
        boolean enough = false;
        for (int k = FIRST_LOOK; !enough; k *= 8) {
            candidates.select(values, vocabulary, Math.min(k, vocabulary));
            enough = k >= vocabulary;
            if (sampling.topP() < 1) {
                enough |= candidates.keepMass(sampling.topP(), mass);
            }
            if (sampling.minP() > 0) {
                enough |= candidates.keepLikely(sampling.minP());
            }
        }
    }

    /** No filter: the plain draw, in order of ids, needs no sorting. */
    private int drawFromAll(float[] values, float max, double temperature, double uniform) {
        double sum = 0;
        for (int id = 0; id < vocabulary; id++) {
            sum += Exp.ofNonPositive(((double) values[id] - max) / temperature);
        }
        double target = uniform * sum;
        double reached = 0;
        int last = 0;
        for (int id = 0; id < vocabulary; id++) {
            double weight = Exp.ofNonPositive(((double) values[id] - max) / temperature);
            reached += weight;
            if (reached > target) {
                return id;
            }
            last = weight > 0 ? id : last;
        }
        return last;
    }

    /** The model's own log-probability of {@code token} and of the {@code top} most likely ones. */
    LogProbs logProbs(MemorySegment row, int token, int top) {
        float[] values = logits.copy(row);
        double norm = Exp.logSumExp(values, vocabulary, Logits.finiteMax(values));
        largest.select(values, vocabulary, top);
        var tops = new LogProbs.Top[largest.count()];
        for (int rank = 0; rank < tops.length; rank++) {
            tops[rank] = new LogProbs.Top(largest.index(rank), largest.value(rank) - norm);
        }
        return new LogProbs(values[token] - norm, List.of(tops));
    }
}
