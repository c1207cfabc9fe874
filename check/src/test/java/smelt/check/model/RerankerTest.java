package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.DType;
import smelt.cli.Main;
import smelt.engine.Embedder;
import smelt.engine.LoadedModel;
import smelt.engine.hosting.ModelFileLoader;
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

/**
 * Guards reranking: transformers' scores on every target, the same bits beside any others, through the command line.
 */
@Execution(ExecutionMode.SAME_THREAD)
class RerankerTest {
    private static final Path FOLDER = Path.of("src/test/resources/rerankers");
    private static final double TOLERANCE = 2e-3;

    @TempDir
    private Path temporary = Path.of("");

    private record Golden(String query, List<String> documents, List<int[]> ids, List<Double> scores) {
        static Golden read(String name) {
            JsonNode json = new ObjectMapper()
                    .readTree(FOLDER.resolve(name).resolve("reference.json").toFile());
            List<JsonNode> pairs = json.get("pairs").valueStream().toList();
            return new Golden(
                    json.get("query").asString(),
                    pairs.stream().map(pair -> pair.get("document").asString()).toList(),
                    pairs.stream()
                            .map(pair -> pair.get("ids")
                                    .valueStream()
                                    .mapToInt(JsonNode::asInt)
                                    .toArray())
                            .toList(),
                    pairs.stream().map(pair -> pair.get("score").asDouble()).toList());
        }

        void expect(List<Float> found, String where) {
            assertThat(found).as(where).hasSameSizeAs(scores);
            for (int i = 0; i < scores.size(); i++) {
                assertThat((double) found.get(i))
                        .as("%s, document %d", where, i)
                        .isCloseTo(scores.get(i), within(TOLERANCE));
            }
        }
    }

    private static LoadedModel load(Path path) {
        ModelFileLoader loader = new ModelFileLoader(name -> path, ModelFileLoader.Choices.usual(2));
        try (ModelFileLoader.PreparedFile prepared = loader.prepare("reranker")) {
            return prepared.load();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "xlm-roberta"})
    void textsAreScoredAsTransformersDoes(String name) throws Exception {
        Golden golden = Golden.read(name);
        try (LoadedModel model = load(FOLDER.resolve(name))) {
            for (int i = 0; i < golden.documents().size(); i++) {
                String document = golden.documents().get(i);
                assertThat(model.rerankInput(golden.query(), document, false))
                        .as(document)
                        .containsExactly(golden.ids().get(i));
            }
            golden.expect(model.rerank(golden.query(), golden.documents(), false), name);
            assertThatThrownBy(model::embedder).hasMessageContaining("makes no embeddings");
            assertThatThrownBy(model::engine).hasMessageContaining("cannot write");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "xlm-roberta"})
    void aScoreIsTheSameOnEveryTargetAndBesideAnyOthers(String name) {
        Golden golden = Golden.read(name);
        List<Target> targets = new ArrayList<>(List.of(new ReferenceTarget(2)));
        for (Tier tier : CpuFeatures.host().available()) {
            targets.add(CpuTarget.start(tier, 1 + tier.ordinal() % 3));
        }
        for (DType type : List.of(DType.F32, DType.Q8_0)) {
            List<Float> expected = new ArrayList<>();
            for (Target target : targets) {
                List<Float> found = scores(name, type, target, golden.ids());
                if (expected.isEmpty()) {
                    expected.addAll(found);
                }
                assertThat(found)
                        .as("%s in %s on %s", name, type, target.description())
                        .isEqualTo(expected);
            }
            if (type == DType.F32) {
                golden.expect(expected, name);
            }
            targets.replaceAll(target -> target instanceof CpuTarget ? CpuTarget.start(2) : new ReferenceTarget(1));
        }
    }

    /** Alone, which must be what they are in two shuffled crowds. */
    private static List<Float> scores(String name, DType type, Target target, List<int[]> pairs) {
        try (ModelFile file = new RecodedFile(ModelFiles.open(FOLDER.resolve(name)), type)) {
            ModelGraph graph = Models.build(file, Models.Options.defaults());
            int context = graph.info().contextLength();
            Model model = Model.load(file, graph, new LoadOptions(context, 4 * context, target.threads()), target);
            try (Embedder embedder = new Embedder(model, graph.info().pooling())) {
                List<Float> alone = pairs.stream()
                        .map(pair ->
                                embedder.submit(List.of(pair), false).getFirst().join()[0])
                        .toList();
                for (int seed = 0; seed < 2; seed++) {
                    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 0, 1, 2, 3, 4));
                    Collections.shuffle(order, new Random(seed));
                    List<int[]> crowd = order.stream().map(pairs::get).toList();
                    List<CompletableFuture<float[]>> scores = embedder.submit(crowd, false);
                    for (int i = 0; i < order.size(); i++) {
                        assertThat(scores.get(i).join()[0]).isEqualTo(alone.get(order.get(i)));
                    }
                }
                return alone;
            }
        }
    }

    @Test
    void llamaCppsFileOfARerankerGivesTheSameScores() throws Exception {
        Golden golden = Golden.read("xlm-roberta");
        Path file = temporary.resolve("reranker.gguf");
        RerankerTwin.write(FOLDER.resolve("xlm-roberta"), file);
        try (LoadedModel model = load(file)) {
            for (int i = 0; i < golden.documents().size(); i++) {
                assertThat(model.rerankInput(golden.query(), golden.documents().get(i), false))
                        .containsExactly(golden.ids().get(i));
            }
            golden.expect(model.rerank(golden.query(), golden.documents(), false), "GGUF");
        }
    }

    /** llama.cpp's converter drops BERT's pooler, without which the scores are others. */
    @Test
    void llamaCppsFileWithoutAPoolerIsRefused() {
        Path file = temporary.resolve("reranker.gguf");
        RerankerTwin.write(FOLDER.resolve("bert"), file);
        assertThatThrownBy(() -> load(file)).hasMessageContaining("'cls.output.weight' [rows, columns] is missing");
    }

    private record Run(int code, String out, String err) {}

    private static Run smelt(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Run(code, out.toString(), err.toString());
    }

    @Test
    void theCommandPrintsTheBestFirst() {
        Golden golden = Golden.read("bert");
        String model = FOLDER.resolve("bert").toString();
        Run run = smelt(
                "rerank",
                model,
                "--query",
                golden.query(),
                "--text",
                "cat",
                "--text",
                "",
                "--text",
                golden.documents().get(3),
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode results = new ObjectMapper().readTree(run.out()).get("results");
        assertThat(results.valueStream().map(result -> result.get("index").asInt()))
                .containsExactly(2, 0, 1);
        assertThat(results.get(1).get("relevance_score").asDouble())
                .isCloseTo(golden.scores().get(2), within(TOLERANCE));
        assertThat(results.get(1).get("document").asString()).isEqualTo("cat");

        Run best = smelt("rerank", model, "--query", golden.query(), "--text", "a", "--text", "cat", "--top-n", "1");
        assertThat(best.out().lines()).hasSize(1);
        assertThat(best.out()).contains("\t");
    }

    @Test
    void whatCannotBeScoredIsTold() {
        String model = FOLDER.resolve("bert").toString();
        String tooLong = "the cat ".repeat(100);
        assertThat(smelt("rerank", model, "--query", "a", "--text", tooLong).err())
                .contains("shorten it");
        assertThat(smelt("rerank", model, "--query", "a", "--text", tooLong, "--truncate")
                        .code())
                .isZero();
        assertThat(smelt("rerank", model, "--query", tooLong, "--text", "a", "--truncate")
                        .code())
                .isEqualTo(1);
        assertThat(smelt("rerank", model, "--text", "a").code()).isEqualTo(2);
        assertThat(smelt("rerank", model, "--query", "a", "--text", "b", "--top-n", "0")
                        .code())
                .isEqualTo(2);
        assertThat(smelt("embed", model, "--text", "a").err()).contains("makes no embeddings", "smelt rerank");
        assertThat(smelt("embed", model, "--pooling", "mean", "--text", "a").err())
                .contains("is a reranker");
        assertThat(smelt("run", model, "a").err()).contains("cannot write", "smelt rerank");
        String llama = TinyModel.FOLDER.resolve("llama").toString();
        assertThat(smelt("rerank", llama, "--query", "a", "--text", "b").err()).contains("no cross-encoder head");
    }
}
