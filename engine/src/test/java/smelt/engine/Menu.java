package smelt.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import smelt.engine.constraint.Constraint;
import smelt.engine.sampling.Sampling;
import smelt.runtime.StepRunner;

/** Requests of all kinds for a model, some of which begin alike, and what each gets from an engine of its own. */
final class Menu {
    private static final int DISHES = 60;

    private final Supplier<StepRunner> alone;
    private final List<Request> dishes = new ArrayList<>();
    private final Map<String, RecordedEvents> answers = new HashMap<>();

    /** @param alone a model for each answer, which is closed when it is there */
    Menu(Supplier<StepRunner> alone, int vocabulary, int context) {
        this.alone = alone;
        var random = new Random(5);
        Sampling penalised = Sampling.GREEDY
                .withRepetitionPenalty(1.3)
                .withFrequencyPenalty(0.2)
                .withPresencePenalty(0.1)
                .withPenaltyWindow(20)
                .withLogitBias(Map.of(3, 1.5f, 5, -9f));
        List<Sampling> samplings =
                List.of(Sampling.GREEDY, Steps.RANDOM, Sampling.DEFAULT, penalised.withTemperature(1));
        List<Constraint> constraints = LetterDecoder.constraints(vocabulary);
        for (int i = 0; i < DISHES; i++) {
            int[] prompt = new Random(i % 4)
                    .ints(1 + random.nextInt(context * 3 / 4), 0, vocabulary)
                    .toArray();
            Request request = Request.of(prompt)
                    .withMaxTokens(i % 13 == 0 ? Request.ROOM_LEFT : random.nextInt(context / 2))
                    .withSampling(samplings.get(i % samplings.size()).withSeed(i));
            request = i % 5 == 0 ? request.withPromptLogProbs(2) : i % 5 == 1 ? request.withLogProbs(1) : request;
            request = i % 7 == 0 ? request.withStop(List.of("cdefghabcdefg", "fghc", "hha", "ab")) : request;
            request = i % 9 == 0 ? request.withEndIds(Set.of(7, 8, 9, 10)) : request;
            dishes.add(i % 6 == 2 ? request.withConstraint(constraints.get(i / 6 % constraints.size())) : request);
        }
    }

    int size() {
        return dishes.size();
    }

    Request dish(int number) {
        return dishes.get(number);
    }

    /** What the request, under this name, gets from an engine of its own. */
    synchronized RecordedEvents alone(String name, Request request) {
        return answers.computeIfAbsent(name, unused -> {
            try (StepRunner runner = alone.get()) {
                Settings settings = Settings.DEFAULT.withSpeculation(Speculation.NONE);
                var loop = new EngineLoop(runner, LetterDecoder::new, settings, () -> 0);
                var events = new RecordedEvents();
                Steps.submit(loop, request.withTerms(Terms.DEFAULT), events);
                Steps.runAll(loop);
                return events;
            }
        });
    }
}
