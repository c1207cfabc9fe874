package smelt.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The room {@code models}: each family's graph, evaluated plainly, gives what transformers gave for the same weights.
 */
class GoldenModelsTest {
    private static final double CLOSE = 2e-3;

    static Stream<Path> folders() {
        return TinyModels.folders().stream();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void graphAgreesWithTheReference(Path folder) {
        try (ModelFile file = ModelFiles.open(folder)) {
            check(file, folder);
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void ggufOfTheSameModelAgreesToo(Path folder, @TempDir Path temporary) {
        Path twin = temporary.resolve("twin.gguf");
        try (ModelFile file = ModelFiles.open(folder)) {
            GgufTwin.write(file, folder.getFileName().toString(), twin);
        }
        try (ModelFile file = ModelFiles.open(twin)) {
            check(file, folder);
        }
    }

    private static void check(ModelFile file, Path folder) {
        JsonNode reference =
                new ObjectMapper().readTree(folder.resolve("reference.json").toFile());
        int context = reference.path("context").asInt(0);
        ModelGraph graph = Models.build(file, new Models.Options(context));
        NaiveEvaluator evaluator = new NaiveEvaluator(graph, file);
        int[] prompt = ints(reference.get("prompt"));
        if (graph.info().pooling() == ModelGraph.Pooling.NONE) {
            checkScores(reference, prompt, evaluator);
            checkGreedy(reference, prompt, evaluator);
        } else {
            checkEmbedding(reference, graph.info().pooling(), evaluator.run(prompt));
        }
    }

    private static void checkScores(JsonNode reference, int[] prompt, NaiveEvaluator evaluator) {
        double[][] logits = evaluator.run(prompt);
        for (int position = 0; position < prompt.length; position++) {
            double[] logprobs = logSoftmax(logits[position]);
            JsonNode ids = reference.get("top5_ids").get(position);
            for (int rank = 0; rank < ids.size(); rank++) {
                assertThat(logprobs[ids.get(rank).asInt()])
                        .as("position %d rank %d", position, rank)
                        .isCloseTo(
                                reference
                                        .get("top5_logprobs")
                                        .get(position)
                                        .get(rank)
                                        .asDouble(),
                                within(CLOSE));
            }
            if (position + 1 < prompt.length) {
                assertThat(logprobs[prompt[position + 1]])
                        .as("token after %d", position)
                        .isCloseTo(
                                reference
                                        .get("logprob_of_prompt_token")
                                        .get(position + 1)
                                        .asDouble(),
                                within(CLOSE));
            }
        }
    }

    private static void checkGreedy(JsonNode reference, int[] prompt, NaiveEvaluator evaluator) {
        int[] greedy = ints(reference.get("greedy"));
        int[] all = Arrays.copyOf(prompt, prompt.length + greedy.length);
        System.arraycopy(greedy, 0, all, prompt.length, greedy.length);
        double[][] logits = evaluator.run(all);
        for (int i = 0; i < greedy.length; i++) {
            assertThat(largest(logits[prompt.length + i - 1]))
                    .as("greedy token %d", i)
                    .isEqualTo(greedy[i]);
        }
    }

    private static void checkEmbedding(JsonNode reference, ModelGraph.Pooling pooling, double[][] rows) {
        assertThat(pooling).isEqualTo(ModelGraph.Pooling.MEAN);
        JsonNode expected = reference.get("embedding");
        for (int column = 0; column < expected.size(); column++) {
            int i = column;
            double mean =
                    Arrays.stream(rows).mapToDouble(row -> row[i]).average().orElseThrow();
            assertThat(mean)
                    .as("column %d", column)
                    .isCloseTo(expected.get(column).asDouble(), within(CLOSE));
        }
    }

    private static double[] logSoftmax(double[] logits) {
        return Arrays.stream(NaiveEvaluator.softmax(logits)).map(Math::log).toArray();
    }

    private static int largest(double[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}
