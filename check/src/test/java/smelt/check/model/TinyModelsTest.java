package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.targets.Target;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;
import smelt.targets.reference.ReferenceTarget;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Each family against transformers in f32, on the reference interpreter and on every tier of this machine. */
@Execution(ExecutionMode.SAME_THREAD)
class TinyModelsTest {
    private static final Path MODELS =
            Path.of(System.getProperty("smelt.tinyModels", "src/test/resources/tiny-models"));
    private static final double TOLERANCE = 2e-3;
    private static final int CHUNK = 20;
    private static final int CONTEXT = 256;
    private static final int BERT_CONTEXT = 128;

    /** What transformers said of a model. */
    private record Golden(int[] prompt, List<Double> logProbabilities, List<Integer> greedy) {
        static Golden read(Path folder) throws IOException {
            JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("reference.json")));
            return new Golden(
                    json.get("prompt").valueStream().mapToInt(JsonNode::asInt).toArray(),
                    json.get("logprob_of_prompt_token")
                            .valueStream()
                            .map(value -> value.isNull() ? Double.NaN : value.asDouble())
                            .toList(),
                    json.get("greedy").valueStream().map(JsonNode::asInt).toList());
        }
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

    @ParameterizedTest
    @MethodSource("generating")
    void equalsTransformersOnTheInterpreter(Path folder) throws IOException {
        compare(folder, new ReferenceTarget(2));
    }

    @ParameterizedTest
    @MethodSource("generating")
    void equalsTransformersOnEveryTier(Path folder) throws IOException {
        for (Tier tier : CpuFeatures.host().available()) {
            compare(folder, CpuTarget.start(tier, 2));
        }
    }

    private static void compare(Path folder, Target target) throws IOException {
        Golden golden = Golden.read(folder);
        try (ModelFile file = ModelFiles.open(folder)) {
            ModelGraph graph = Models.build(file, new Models.Options(CONTEXT));
            try (Model model = Model.load(file, graph, new LoadOptions(CONTEXT, CONTEXT, target.threads()), target)) {
                LogProbabilities run = new LogProbabilities(model);
                List<float[]> logits = run.logits(golden.prompt(), CHUNK);
                for (int i = 1; i < golden.prompt().length; i++) {
                    double actual = LogProbabilities.logProbability(logits.get(i - 1), golden.prompt()[i]);
                    assertThat(actual)
                            .as("%s on %s, position %d", folder.getFileName(), target.description(), i)
                            .isCloseTo(golden.logProbabilities().get(i), within(TOLERANCE));
                }
                assertThat(run.greedy(golden.prompt(), golden.greedy().size())).isEqualTo(golden.greedy());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("generating")
    void everyChunkSizeThreadCountAndTierGivesTheInterpretersBits(Path folder) throws IOException {
        int[] prompt = Golden.read(folder).prompt();
        try (ModelFile file = ModelFiles.open(folder)) {
            List<float[]> expected = logits(file, new ReferenceTarget(1), prompt, prompt.length);
            for (Tier tier : CpuFeatures.host().available()) {
                for (int threads = 1; threads <= 3; threads++) {
                    int chunk = List.of(1, 7, 16).get(threads - 1);
                    List<float[]> actual = logits(file, CpuTarget.start(tier, threads), prompt, chunk);
                    String where = folder.getFileName() + ", " + tier + ", " + threads + " threads, chunks of " + chunk;
                    IntStream.range(0, expected.size())
                            .forEach(i -> assertThat(actual.get(i))
                                    .as("%s, position %d", where, i)
                                    .containsExactly(expected.get(i)));
                }
            }
        }
    }

    private static List<float[]> logits(ModelFile file, Target target, int[] prompt, int chunk) {
        ModelGraph graph = Models.build(file, new Models.Options(CONTEXT));
        try (Model model = Model.load(file, graph, new LoadOptions(CONTEXT, CONTEXT, target.threads()), target)) {
            return new LogProbabilities(model)
                    .logits(prompt, Math.min(chunk, model.limits().maxLogits()));
        }
    }

    @Test
    void bertEmbedsAsTransformersOnTheInterpreterAndOnEveryTier() throws IOException {
        Path folder = MODELS.resolve("bert");
        JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("reference.json")));
        int[] prompt =
                json.get("prompt").valueStream().mapToInt(JsonNode::asInt).toArray();
        try (ModelFile file = ModelFiles.open(folder)) {
            List<Target> targets = new ArrayList<>(List.of(new ReferenceTarget(2)));
            CpuFeatures.host().available().forEach(tier -> targets.add(CpuTarget.start(tier, 2)));
            for (Target target : targets) {
                ModelGraph graph = Models.build(file, new Models.Options(BERT_CONTEXT));
                LoadOptions options = new LoadOptions(BERT_CONTEXT, BERT_CONTEXT, target.threads());
                try (Model model = Model.load(file, graph, options, target)) {
                    double[] mean = new double[graph.info().hidden()];
                    for (float[] row : new LogProbabilities(model).logits(prompt, prompt.length)) {
                        for (int i = 0; i < mean.length; i++) {
                            mean[i] += row[i] / prompt.length;
                        }
                    }
                    for (int i = 0; i < mean.length; i++) {
                        double expected = json.get("embedding").get(i).asDouble();
                        assertThat(mean[i]).as(target.description()).isCloseTo(expected, within(TOLERANCE));
                    }
                }
            }
        }
    }
}
