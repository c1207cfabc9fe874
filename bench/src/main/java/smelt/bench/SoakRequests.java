package smelt.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.engine.Terms;
import smelt.engine.sampling.Sampling;

/** What the users of a soak ask for: prompts of all lengths, many of which begin alike, by every kind of sampling. */
final class SoakRequests {
    private static final int BEGINNINGS = 8;
    private static final int PROBES = 12;
    private static final int SHORT_ANSWER = 64;

    private final LoadedModel model;
    private final List<int[]> beginnings = new ArrayList<>();
    private final List<Request> probes = new ArrayList<>();

    SoakRequests(LoadedModel model, long seed) {
        this.model = model;
        var random = new Random(seed);
        for (int i = 0; i < BEGINNINGS; i++) {
            beginnings.add(tokens(random, context() / 4));
        }
        for (int i = 0; i < PROBES; i++) {
            probes.add(any(random).withTerms(Terms.DEFAULT));
        }
    }

    private int context() {
        return model.service().contextLength();
    }

    private int[] tokens(Random random, int count) {
        return random.ints(count, 0, model.engine().vocabulary()).toArray();
    }

    /** Whose answers are known. */
    List<Request> probes() {
        return probes;
    }

    /** As long as can be: every block and every row of a table is touched. */
    Request longest(Random random) {
        return Request.of(tokens(random, context() - 8)).withMaxTokens(8);
    }

    Request any(Random random) {
        Request request = Request.of(prompt(random))
                .withMaxTokens(random.nextInt(random.nextInt(6) == 0 ? context() / 2 : SHORT_ANSWER))
                .withSampling(sampling(random).withSeed(random.nextLong()))
                .withTerms(terms(random));
        request = switch (random.nextInt(8)) {
            case 0 -> request.withPromptLogProbs(random.nextInt(4));
            case 1, 2 -> request.withLogProbs(random.nextInt(6));
            default -> request;
        };
        boolean stops = model.tokenizer().isPresent() && random.nextInt(4) == 0;
        request = stops ? request.withStop(List.of("e", " the", "\n\n")) : request;
        return random.nextBoolean() ? request.withEndIds(model.endIds()) : request;
    }

    private int[] prompt(Random random) {
        int[] beginning = beginnings.get(random.nextInt(BEGINNINGS));
        int shared = random.nextInt(3) == 0 ? 0 : random.nextInt(beginning.length + 1);
        boolean isLong = random.nextInt(20) == 0;
        int[] own = tokens(random, 1 + random.nextInt(isLong ? context() / 2 : context() / 16));
        int[] prompt = Arrays.copyOf(beginning, shared + own.length);
        System.arraycopy(own, 0, prompt, shared, own.length);
        return prompt;
    }

    private static Sampling sampling(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Sampling.PLAIN.withTemperature(0.8).withTopK(40).withTopP(0.9);
            case 1 -> Sampling.PLAIN.withMinP(0.05);
            case 2 ->
                Sampling.PLAIN
                        .withTemperature(0.7)
                        .withTypicalP(0.9)
                        .withRepetitionPenalty(1.1)
                        .withFrequencyPenalty(0.2)
                        .withPresencePenalty(0.1)
                        .withLogitBias(Map.of(5, -2f, 9, 1f));
            case 3 -> Sampling.PLAIN;
            default -> Sampling.GREEDY;
        };
    }

    private static Terms terms(Random random) {
        Terms terms = new Terms(random.nextInt(3), "key " + random.nextInt(4), null, random.nextInt(4) > 0);
        return random.nextInt(10) == 0 ? terms.withTimeout(Duration.ofMillis(random.nextInt(500))) : terms;
    }
}
