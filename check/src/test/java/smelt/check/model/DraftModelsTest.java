package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.engine.Engine;
import smelt.engine.LoadedModel;
import smelt.engine.Metrics;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.Speculation;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.sampling.Sampling;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.cpu.CpuTarget;

/** Guards engine/ on compiled models: a draft model is loaded with its model, or refused, and changes no bit. */
@Execution(ExecutionMode.SAME_THREAD)
class DraftModelsTest {
    private static final long SEED = 20261122;
    private static final int CONTEXT = 128;
    private static final long MILLI = 1_000_000;

    private static ModelFileLoader loader(Speculation how, Optional<String> draft) {
        var choices = new ModelFileLoader.Choices(
                CONTEXT, 2, Optional.empty(), CacheType.F16, Settings.DEFAULT.withSpeculation(how));
        // a name is a folder of the tiny models, or a path
        return new ModelFileLoader(TinyModel.FOLDER::resolve, choices, name -> draft);
    }

    private static long planned(Optional<String> draft) {
        try (ModelFileLoader.PreparedFile prepared =
                loader(Speculation.BOTH, draft).prepare("llama")) {
            return prepared.bytes();
        }
    }

    @Test
    void bothArePlannedAndLoadedTogether() {
        try (ModelFileLoader.PreparedFile prepared =
                loader(Speculation.BOTH, Optional.of("qwen2")).prepare("llama")) {
            assertThat(prepared.bytes()).isGreaterThan(planned(Optional.empty()) * 5 / 4);
            assertThat(prepared.longestContext(prepared.bytes())).hasValue(CONTEXT);
            long half = prepared.bytes() - 1;
            assertThat(prepared.longestContext(half).orElse(0)).isLessThan(CONTEXT);
            try (LoadedModel model = prepared.load()) {
                assertThat(model.info().bytes()).isCloseTo(prepared.bytes(), within(1L << 14));
            }
        }
    }

    @Test
    void aDraftOfOtherIdsIsRefused() {
        assertRefused("gpt2", "128 token ids, not 512");
        assertRefused("bert", "embeddings");
        assertRefused(SmolLm2Test.modelPath().toAbsolutePath().toString(), "no tokenizer");
    }

    private static void assertRefused(String draft, String why) {
        assertThatThrownBy(() -> loader(Speculation.BOTH, Optional.of(draft)).prepare("llama"))
                .isInstanceOfSatisfying(Failure.class, e -> {
                    assertThat(e.code()).isEqualTo(FailureCode.UNSUPPORTED);
                    assertThat(e.getMessage()).contains(why);
                });
    }

    private static Model model(int context, int positions, int threads, ModelFile file) {
        ModelGraph graph = Models.build(file, new Models.Options(context));
        return Model.load(file, graph, new LoadOptions(context, positions, threads), CpuTarget.start(threads));
    }

    private static List<Request> requests(int vocabulary) {
        return IntStream.range(0, 10)
                .mapToObj(i -> {
                    // two beginnings: what one computed another finds
                    int[] prompt = new Random(i % 2)
                            .ints(30 + 7 * i % 30, 0, vocabulary)
                            .toArray();
                    Sampling sampling = i % 2 == 0 ? Sampling.GREEDY : GuessedCrowd.lively(i, i % 4 == 1 ? 1 : 0.4);
                    return Request.of(prompt)
                            .withMaxTokens(40 + 9 * i % 40)
                            .withSampling(sampling)
                            .withLogProbs(2);
                })
                .toList();
    }

    /** The same weights guess all that is greedy; others of the same vocabulary nearly nothing. */
    @Test
    void tinyModelsHaveTheSameBitsWithThemselvesAndWithOthersAsDraft() throws Exception {
        try (ModelFile file = ModelFiles.open(TinyModel.FOLDER.resolve("llama"));
                ModelFile other = ModelFiles.open(TinyModel.FOLDER.resolve("qwen3"))) {
            GuessedCrowd crowd;
            try (Engine engine = new Engine(
                    model(CONTEXT, CONTEXT, 1, file), null, Settings.DEFAULT.withSpeculation(Speculation.NONE))) {
                crowd = GuessedCrowd.of(requests(engine.vocabulary()), engine);
            }
            for (boolean itself : new boolean[] {true, false}) {
                // a draft that has too few blocks for all, and a model that has, too
                Model draft = model(CONTEXT, CONTEXT + 64, 2, itself ? file : other);
                var slow = new SlowedRunner(model(CONTEXT, CONTEXT, 1, file), 2 * MILLI);
                var settings = new Settings(64, 6, 1 << 20).withSpeculation(Speculation.DRAFT);
                try (Engine engine = new Engine(slow, draft, null, settings)) {
                    Metrics alone = crowd.inTurns(engine, "in turns, itself " + itself);
                    assertThat(alone.drafts().proposed()).isPositive();
                    if (itself) {
                        assertThat(alone.drafts().accepted()).isGreaterThan(alone.generatedTokens() / 4);
                    } else {
                        assertThat(alone.drafts().proposed())
                                .isGreaterThan(2 * alone.drafts().accepted());
                    }
                    Metrics all = crowd.together(engine, SEED, "together, itself " + itself);
                    assertThat(all.cachedTokens()).as("prefix hits").isPositive();
                    assertThat(all.preemptions()).as("preemptions").isPositive();
                }
            }
        }
    }

    @Test
    @Tag("model")
    void aRealModelWithItselfAsDraftHasTheSameBitsOnSharedThreads() throws Exception {
        String path = SmolLm2Test.modelPath().toAbsolutePath().toString();
        GuessedCrowd crowd;
        try (ModelFileLoader.PreparedFile prepared =
                        loader(Speculation.NONE, Optional.empty()).prepare(path);
                LoadedModel model = prepared.load()) {
            crowd = GuessedCrowd.of(requests(model.engine().vocabulary()), model.engine());
        }
        try (ModelFileLoader.PreparedFile prepared =
                        loader(Speculation.DRAFT, Optional.of(path)).prepare(path);
                LoadedModel model = prepared.load()) {
            crowd.inTurns(model.engine(), "in turns");
            Metrics metrics = crowd.together(model.engine(), SEED, "together");
            // a trial must be affordable, which takes longer beside busy neighbours
            for (int round = 0; round < 4 && metrics.drafts().accepted() == 0; round++) {
                metrics = crowd.inTurns(model.engine(), "round " + round);
            }
            assertThat(metrics.drafts().accepted()).isPositive();
            // as slow as the model itself, it cannot pay
            assertThat(metrics.drafts().proposed()).isLessThan(metrics.generatedTokens() / 2);
        }
    }
}
