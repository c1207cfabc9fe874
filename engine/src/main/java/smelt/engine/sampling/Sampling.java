package smelt.engine.sampling;

import java.util.Map;
import java.util.function.Consumer;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * How the next token is chosen from a row of logits. The steps and their order are those of llama.cpp's default chain:
 * logit bias, penalties, top-k, typical, top-p, min-p, temperature, draw. Names follow OpenAI and llama.cpp.
 *
 * @param temperature 0: always the most likely token (of equals the lowest id); else logits are divided by it
 * @param topK only this many most likely tokens; 0: all
 * @param topP only the most likely tokens that together reach this probability; 1: all
 * @param minP only tokens at least this many times as likely as the most likely one; 0: all
 * @param typicalP only the tokens whose surprise is nearest to the entropy and that together pass this probability; 1:
 *     all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens in the window; 1: none
 * @param frequencyPenalty taken off once per occurrence in the window; 0: none
 * @param presencePenalty taken off where the token occurs in the window; 0: none
 * @param penaltyWindow how many of the last tokens, prompt included, count for penalties
 * @param seed randomness is a function of (seed, choice, position) and of nothing else
 * @param logitBias added to logits, by token id; {@code -Infinity} bans a token
 */
public record Sampling(
        double temperature,
        int topK,
        double topP,
        double minP,
        double typicalP,
        double repetitionPenalty,
        double frequencyPenalty,
        double presencePenalty,
        int penaltyWindow,
        long seed,
        Map<Integer, Float> logitBias) {
    /** The most likely token, always. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 64, 0, Map.of());

    /** Every token as likely as the model says; with seed 0. */
    public static final Sampling PLAIN = GREEDY.withTemperature(1);

    /** llama.cpp's defaults. */
    public static final Sampling DEFAULT = new Sampling(0.8, 40, 0.95, 0.05, 1, 1, 0, 0, 64, 0, Map.of());

    public Sampling {
        check("temperature", temperature, temperature >= 0 && temperature <= 1000, "between 0 and 1000");
        check("top_k", topK, topK >= 0, "0 or more");
        check("top_p", topP, topP >= 0 && topP <= 1, "between 0 and 1");
        check("min_p", minP, minP >= 0 && minP <= 1, "between 0 and 1");
        check("typical_p", typicalP, typicalP >= 0 && typicalP <= 1, "between 0 and 1");
        check(
                "repetition_penalty",
                repetitionPenalty,
                repetitionPenalty > 0 && repetitionPenalty <= 1000,
                "above 0 and at most 1000");
        check("frequency_penalty", frequencyPenalty, Math.abs(frequencyPenalty) <= 1000, "between -1000 and 1000");
        check("presence_penalty", presencePenalty, Math.abs(presencePenalty) <= 1000, "between -1000 and 1000");
        check("penalty window", penaltyWindow, penaltyWindow >= 0, "0 or more");
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((id, bias) ->
                check("logit_bias of token " + id, bias, bias < Float.POSITIVE_INFINITY, "a number or -Infinity"));
    }

    public Sampling withTemperature(double value) {
        return with(copy -> copy.temperature = value);
    }

    public Sampling withTopK(int value) {
        return with(copy -> copy.topK = value);
    }

    public Sampling withTopP(double value) {
        return with(copy -> copy.topP = value);
    }

    public Sampling withMinP(double value) {
        return with(copy -> copy.minP = value);
    }

    public Sampling withTypicalP(double value) {
        return with(copy -> copy.typicalP = value);
    }

    public Sampling withRepetitionPenalty(double value) {
        return with(copy -> copy.repetitionPenalty = value);
    }

    public Sampling withFrequencyPenalty(double value) {
        return with(copy -> copy.frequencyPenalty = value);
    }

    public Sampling withPresencePenalty(double value) {
        return with(copy -> copy.presencePenalty = value);
    }

    public Sampling withPenaltyWindow(int value) {
        return with(copy -> copy.penaltyWindow = value);
    }

    public Sampling withSeed(long value) {
        return with(copy -> copy.seed = value);
    }

    public Sampling withLogitBias(Map<Integer, Float> value) {
        return with(copy -> copy.logitBias = value);
    }

    private Sampling with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.toSampling();
    }

    boolean penalises() {
        return penaltyWindow > 0 && (repetitionPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0);
    }

    /** Whether some tokens are left out of the draw for how likely they are, top-k aside. */
    boolean filters() {
        return topP < 1 || minP > 0 || typicalP < 1;
    }

    private static void check(String name, double value, boolean valid, String expected) {
        if (!valid) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, name + " must be " + expected + " but is " + value);
        }
    }

    /** Sampling while some of it changes. */
    private static final class Copy {
        double temperature;
        int topK;
        double topP;
        double minP;
        double typicalP;
        double repetitionPenalty;
        double frequencyPenalty;
        double presencePenalty;
        int penaltyWindow;
        long seed;
        Map<Integer, Float> logitBias;

        Copy(Sampling of) {
            temperature = of.temperature;
            topK = of.topK;
            topP = of.topP;
            minP = of.minP;
            typicalP = of.typicalP;
            repetitionPenalty = of.repetitionPenalty;
            frequencyPenalty = of.frequencyPenalty;
            presencePenalty = of.presencePenalty;
            penaltyWindow = of.penaltyWindow;
            seed = of.seed;
            logitBias = of.logitBias;
        }

        Sampling toSampling() {
            return new Sampling(
                    temperature,
                    topK,
                    topP,
                    minP,
                    typicalP,
                    repetitionPenalty,
                    frequencyPenalty,
                    presencePenalty,
                    penaltyWindow,
                    seed,
                    logitBias);
        }
    }
}
