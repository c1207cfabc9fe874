package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import smelt.engine.Engine;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.sampling.Sampling;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.cpu.CpuTarget;

/**
 * Guards engine/ on a real model: 33 requests with prompts of 10 to 3,000 tokens, some of which begin alike, in a pool
 * of KV blocks that is too small for them, have the ids and log-probabilities that each has alone. The long form is
 * {@code -Dsmelt.crowdRounds=20}.
 */
@Tag("model")
@Execution(ExecutionMode.SAME_THREAD)
class SmolLm2CrowdTest {
    private static final int SEED = 20261122;
    private static final int SEQUENCES = 33;
    private static final int ROUNDS = Integer.getInteger("smelt.crowdRounds", 2);
    private static final List<Integer> STEP_TOKENS = List.of(16, 2048, 100, 512);
    private static final int CONTEXT = 3200;
    /** Room for the longest sequence and little else, or, where that one stays away, for few of the others. */
    private static final List<Integer> POSITIONS = List.of(CONTEXT, 900);

    private static Engine engine(ModelFile file, int positions, int threads, Settings settings) {
        var graph = Models.build(file, new Models.Options(CONTEXT));
        var options = new LoadOptions(CONTEXT, positions, threads);
        return new Engine(Model.load(file, graph, options, CpuTarget.start(threads)), null, settings);
    }

    private static Request request(int number, int vocabulary) {
        int length = number == 0 ? 3000 : number < 4 ? 600 : 10 + number * 37 % 150;
        // three beginnings: what one computed another finds
        int[] prompt = new Random(SEED + number % 3).ints(length, 0, vocabulary).toArray();
        boolean greedy = number % 2 == 0;
        Sampling sampling = greedy ? Sampling.GREEDY : Sampling.PLAIN.withSeed(number);
        return Request.of(prompt)
                .withMaxTokens(30 + number * 7 % 90)
                .withSampling(sampling)
                .withLogProbs(2);
    }

    @Test
    void everyRequestHasTheBitsThatItHasAlone() throws Exception {
        try (ModelFile file = ModelFiles.open(SmolLm2Test.modelPath())) {
            Crowd crowd =
                    Crowd.alone(SEQUENCES, SmolLm2CrowdTest::request, () -> engine(file, CONTEXT, 2, Settings.DEFAULT));
            long preemptions = 0;
            for (int round = 0; round < ROUNDS; round++) {
                var settings = new Settings(STEP_TOKENS.get(round % STEP_TOKENS.size()), SEQUENCES, 1 << 20);
                try (Engine engine = engine(file, POSITIONS.get(round % 2), 1 + round / 2 % 2, settings)) {
                    Metrics metrics = crowd.together(engine, round % 2, SEED + round, "round " + round);
                    preemptions += metrics.preemptions();
                    assertThat(metrics.cachedTokens()).as("prefix hits").isPositive();
                }
            }
            assertThat(preemptions).as("preemptions").isPositive();
        }
    }
}
