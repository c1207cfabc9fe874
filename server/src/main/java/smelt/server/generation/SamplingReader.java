package smelt.server.generation;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import smelt.engine.sampling.Sampling;
import smelt.server.fields.Body;
import smelt.server.http.Problem;

/** Reads the fields of how tokens are chosen, and of when to end, that protocols share. */
public final class SamplingReader {
    private SamplingReader() {}

    /**
     * The fields that llama.cpp, vLLM and Ollama call alike; not the seed.
     *
     * @param usual what holds where nothing is said
     */
    public static Sampling read(Body body, Sampling usual) {
        int window = body.integer("repeat_last_n", usual.penaltyWindow(), -1, Integer.MAX_VALUE);
        return usual.withTemperature(body.number("temperature", usual.temperature(), 0, 2))
                .withTopK(Math.max(0, body.integer("top_k", usual.topK(), -1, Integer.MAX_VALUE)))
                .withTopP(body.number("top_p", usual.topP(), 0, 1))
                .withMinP(body.number("min_p", usual.minP(), 0, 1))
                .withTypicalP(body.number("typical_p", usual.typicalP(), 0, 1))
                .withRepetitionPenalty(body.number("repeat_penalty", usual.repetitionPenalty(), 0.01, 10))
                .withFrequencyPenalty(body.number("frequency_penalty", usual.frequencyPenalty(), -2, 2))
                .withPresencePenalty(body.number("presence_penalty", usual.presencePenalty(), -2, 2))
                .withPenaltyWindow(window < 0 ? Integer.MAX_VALUE : window);
    }

    /** That of the field {@code seed}; else a fresh one. */
    public static long seed(Body body) {
        return body.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElseGet(SamplingReader::freshSeed);
    }

    /** Another one every time, below 2^53 so that JSON can hold it. */
    public static long freshSeed() {
        return ThreadLocalRandom.current().nextLong(1L << 53);
    }

    /**
     * Stop strings; empty ones are none.
     *
     * @throws Problem 400 where they are too many or too long
     */
    public static List<String> stops(Body body, String name, Serving.Limits limits) {
        List<String> all =
                body.strings(name).stream().filter(text -> !text.isEmpty()).toList();
        if (all.size() > limits.stops()) {
            throw Problem.invalid(name, name + " has " + all.size() + " texts, at most " + limits.stops());
        }
        all.forEach(text -> {
            if (text.length() > limits.stopCharacters()) {
                throw Problem.invalid(
                        name,
                        "a text of " + name + " has " + text.length() + " characters, at most "
                                + limits.stopCharacters());
            }
        });
        return all;
    }
}
