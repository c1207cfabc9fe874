package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.compiler.CacheType;
import smelt.engine.Engine;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.sampling.Sampling;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.cpu.CpuTarget;

/**
 * Guards engine/ on models of every family, with sliding windows and without: a sequence that finds a prefix, gives way
 * and comes back has the ids and log-probabilities that it has alone.
 */
@Execution(ExecutionMode.SAME_THREAD)
class SharedEngineTest {
    private static final Path MODELS =
            Path.of(System.getProperty("smelt.tinyModels", "src/test/resources/tiny-models"));
    private static final int CONTEXT = 160;
    private static final int SEQUENCES = 12;
    /** Of all models: whether one of them sees any hangs on how long its steps take. */
    private static final AtomicLong PREEMPTIONS = new AtomicLong();

    @AfterAll
    static void someGaveWay() {
        assertThat(PREEMPTIONS.get()).isPositive();
    }

    static Stream<Path> generating() throws IOException {
        try (Stream<Path> folders = Files.list(MODELS)) {
            return folders
                    .filter(folder -> Files.exists(folder.resolve("reference.json")))
                    .filter(folder -> !folder.endsWith("bert"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    static Stream<Arguments> generatingWithCaches() throws IOException {
        return Stream.concat(
                generating().map(folder -> Arguments.of(folder, CacheType.F16)),
                Stream.of("llama", "gemma3").map(name -> Arguments.of(MODELS.resolve(name), CacheType.Q8)));
    }

    private static Engine engine(ModelFile file, CacheType cache, int positions, int threads, Settings settings) {
        // positions may be learned ones, of which there are no more
        int trained = Models.build(file, Models.Options.defaults()).info().contextLength();
        int context = Math.min(CONTEXT, trained);
        ModelGraph graph = Models.build(file, new Models.Options(context));
        var options = new LoadOptions(context, positions, threads, cache);
        return new Engine(Model.load(file, graph, options, CpuTarget.start(threads)), null, settings);
    }

    /** Three beginnings, so that later ones find what earlier ones computed. */
    private static Request request(int number, int vocabulary) {
        int[] prompt = new Random(number % 3)
                .ints(20 + number * 37 % 80, 0, vocabulary)
                .toArray();
        Sampling sampling =
                number % 2 == 0 ? Sampling.GREEDY : new Sampling(1, 0, 1, 0, 1, 1, 0, 0, 0, number, Map.of());
        Request request = Request.of(prompt).withMaxTokens(10 + number * 7 % 50).withSampling(sampling);
        return number % 4 == 3 ? request.withPromptLogProbs(2) : request.withLogProbs(2);
    }

    @ParameterizedTest
    @MethodSource("generatingWithCaches")
    void aSequenceThatSharesAndGivesWayHasTheSameBits(Path folder, CacheType cache) throws Exception {
        try (ModelFile file = ModelFiles.open(folder)) {
            Crowd crowd = Crowd.alone(
                    SEQUENCES, SharedEngineTest::request, () -> engine(file, cache, CONTEXT, 1, Settings.DEFAULT));
            for (int round = 0; round < 3; round++) {
                var settings = new Settings(List.of(16, 40, 512).get(round), 8, 1 << 20);
                try (Engine engine = engine(file, cache, CONTEXT + 64 * round, 1 + round, settings)) {
                    Metrics metrics = crowd.together(
                            engine, 0, round, folder.getFileName().toString());
                    assertThat(metrics.cachedTokens()).isPositive();
                    PREEMPTIONS.addAndGet(metrics.preemptions());
                }
            }
        }
    }
}
