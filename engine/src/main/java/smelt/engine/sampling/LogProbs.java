package smelt.engine.sampling;

import java.util.List;

/**
 * Natural logarithms of the model's own probabilities at one position. Sums over the vocabulary are of single
 * precision: about 1e-7 of each.
 *
 * @param logProb of the token that stands there
 * @param top the most likely tokens, most likely first, of equals the lower id first
 */
public record LogProbs(double logProb, List<Top> top) {
    public LogProbs {
        top = List.copyOf(top);
    }

    public record Top(int id, double logProb) {}
}
