package smelt.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.engine.sampling.LogProbs;

/**
 * How likely a model finds a text.
 *
 * @param tokens one entry per token
 * @param next the most likely tokens after the last one; empty where the context has no room for one
 */
public record Score(List<Token> tokens, List<LogProbs.Top> next) {
    public Score {
        tokens = List.copyOf(tokens);
        next = List.copyOf(next);
    }

    /**
     * A scored token.
     *
     * @param logProbs given all tokens before it; null for the first
     */
    public record Token(int id, @Nullable LogProbs logProbs) {}

    /** The mean negative log-likelihood of all tokens but the first; 0 where there is only one. */
    public double meanNll() {
        double sum = 0;
        for (Token token : tokens) {
            sum -= token.logProbs() == null ? 0 : token.logProbs().logProb();
        }
        return tokens.size() < 2 ? 0 : sum / (tokens.size() - 1);
    }

    public double perplexity() {
        return StrictMath.exp(meanNll());
    }
}
