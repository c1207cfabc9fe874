package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import smelt.engine.Engine;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.Speculation;
import smelt.engine.sampling.Sampling;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.cpu.CpuTarget;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;

/**
 * Guards engine/ on compiled models: with guesses, right and wrong ones, every request has the ids and
 * log-probabilities that it has without, to the bit; greedy and sampled, alone and in a crowd that shares beginnings
 * and takes blocks from each other.
 */
@Execution(ExecutionMode.SAME_THREAD)
class SpeculationModelsTest {
    private static final long SEED = 20261122;
    private static final int CONTEXT = 128;
    private static final long MILLI = 1_000_000;
    private static final String TEXT = "The river rises in the hills above the town, runs past two mills and an old "
            + "bridge of stone, and reaches the sea after forty miles. In spring it floods the meadows on its left "
            + "bank; in autumn boats cannot pass the second mill. The bridge was built by three brothers.\n";

    private static Engine engine(ModelFile file, int context, int positions, int threads, Settings settings) {
        var graph = Models.build(file, new Models.Options(context));
        var options = new LoadOptions(context, positions, threads);
        Model model = Model.load(file, graph, options, CpuTarget.start(threads));
        boolean guesses = settings.speculation() != Speculation.NONE;
        return new Engine(guesses ? new SlowedRunner(model, MILLI) : model, null, settings);
    }

    private static int trained(ModelFile file) {
        return Models.build(file, Models.Options.defaults()).info().contextLength();
    }

    private static Settings plain() {
        return Settings.DEFAULT.withSpeculation(Speculation.NONE);
    }

    private static Sampling sampling(int number) {
        return number % 2 == 0 ? Sampling.GREEDY : GuessedCrowd.lively(number, number % 4 == 1 ? 1 : 0.4);
    }

    /** Prompts that go in circles, as tiny models then often do. */
    private static List<Request> circles(int vocabulary) {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int[] period = new Random(i % 3).ints(9 + i % 3 * 4, 0, vocabulary).toArray();
            int[] prompt = new int[30 + 11 * i % 50];
            for (int p = 0; p < prompt.length; p++) {
                prompt[p] = period[p % period.length];
            }
            Request request = Request.of(prompt).withMaxTokens(25 + 9 * i % 30).withSampling(sampling(i));
            requests.add(i == 4 ? request.withPromptLogProbs(2) : request.withLogProbs(2));
        }
        return requests;
    }

    @Test
    void tinyModelsHaveTheSameBits() throws Exception {
        long accepted = 0;
        long rejected = 0;
        long preemptions = 0;
        for (Path folder : SharedEngineTest.generating().toList()) {
            try (ModelFile file = ModelFiles.open(folder)) {
                GuessedCrowd crowd;
                // positions may be learned ones, of which there are no more
                int context = Math.min(CONTEXT, trained(file));
                try (Engine engine = engine(file, context, context, 1, plain())) {
                    crowd = GuessedCrowd.of(circles(engine.vocabulary()), engine);
                }
                for (int round = 0; round < 2; round++) {
                    Settings settings = new Settings(List.of(20, 512).get(round), 6, 1 << 20);
                    try (Engine engine = engine(file, context, context + 96 * round, 1 + round, settings)) {
                        if (round == 0) {
                            crowd.inTurns(engine, folder + " in turns");
                        }
                        Metrics metrics = crowd.together(engine, SEED + round, folder + " together");
                        assertThat(metrics.cachedTokens()).as("prefix hits").isPositive();
                        accepted += metrics.acceptedTokens();
                        rejected += metrics.proposedTokens() - metrics.acceptedTokens();
                        preemptions += metrics.preemptions();
                    }
                }
            }
        }
        assertThat(accepted).as("right guesses").isGreaterThan(100);
        assertThat(rejected).as("wrong guesses").isGreaterThan(100);
        assertThat(preemptions).as("preemptions").isPositive();
    }

    /** A text and its beginning once more, cut in other places, which the model mostly goes on with. */
    private static List<Request> repetitions(Tokenizer tokenizer) {
        int[] text = tokenizer.encode(TEXT, false, false);
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int begun = 8 + i * 7 % 30;
            int[] prompt = Stream.of(TEXT, tokenizer.decode(Arrays.copyOf(text, begun), false))
                    .flatMapToInt(part -> Arrays.stream(tokenizer.encode(part, false, false)))
                    .toArray();
            requests.add(Request.of(prompt)
                    .withMaxTokens(40 + i * 13 % 40)
                    .withSampling(sampling(i))
                    .withLogProbs(2));
        }
        return requests;
    }

    @Test
    @Tag("model")
    void aRealModelThatRepeatsItsPromptHasTheSameBits() throws Exception {
        try (ModelFile file = ModelFiles.open(SmolLm2Test.modelPath())) {
            GuessedCrowd crowd;
            int context = 256;
            try (Engine engine = engine(file, context, context, 2, plain())) {
                crowd = GuessedCrowd.of(repetitions(Tokenizers.fromGguf(file.metadata())), engine);
            }
            long preemptions = 0;
            for (int round = 0; round < 2; round++) {
                try (Engine engine = engine(file, context, context + 128 * round, 2 - round, Settings.DEFAULT)) {
                    Metrics alone = crowd.inTurns(engine, "in turns");
                    assertThat(alone.acceptedTokens()).as("right guesses").isGreaterThan(alone.generatedTokens() / 3);
                    assertThat(alone.proposedTokens()).as("wrong guesses").isGreaterThan(alone.acceptedTokens());
                    Metrics all = crowd.together(engine, SEED + round, "together");
                    assertThat(all.acceptedTokens()).as("right guesses").isGreaterThan(alone.acceptedTokens());
                    assertThat(all.cachedTokens()).as("prefix hits").isGreaterThan(alone.cachedTokens());
                    preemptions += all.preemptions();
                }
            }
            assertThat(preemptions).as("preemptions").isPositive();
        }
    }
}
