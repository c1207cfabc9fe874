package smelt.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.DType;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.graph.ModelGraph.Pooling;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The room {@code models}: the graphs of cross-encoders, evaluated plainly, give what transformers gave. */
class RerankersTest {
    private static final Path ALL = Path.of("..", "check", "src", "test", "resources", "rerankers");

    @ParameterizedTest
    @ValueSource(strings = {"bert", "xlm-roberta"})
    void theFirstRowIsTheScoreOfThePair(String name) {
        JsonNode reference = new ObjectMapper()
                .readTree(ALL.resolve(name).resolve("reference.json").toFile());
        try (ModelFile file = ModelFiles.open(ALL.resolve(name))) {
            ModelGraph graph = Models.build(file, Models.Options.defaults());
            assertThat(graph.info().pooling()).isEqualTo(Pooling.RANK);
            assertThat(graph.info().contextLength()).isEqualTo(name.equals("bert") ? 80 : 78);
            NaiveEvaluator evaluator = new NaiveEvaluator(graph, file);
            for (JsonNode pair : reference.get("pairs")) {
                int[] ids =
                        pair.get("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
                assertThat(evaluator.run(ids)[0]).hasSize(1);
                assertThat(evaluator.run(ids)[0][0])
                        .as(pair.get("document").asString())
                        .isCloseTo(pair.get("score").asDouble(), within(2e-3));
            }
            assertThatThrownBy(() -> graph.pooled(Pooling.MEAN)).hasMessageContaining("is a reranker");
        }
    }

    @Test
    void aClassifierOfSeveralLabelsIsRefused() {
        FakeModel labels = TinyModels.copy(ALL.resolve("bert"));
        labels.tensor("classifier.weight", DType.F32, 3, 32).tensor("classifier.bias", DType.F32, 3);
        assertThatThrownBy(() -> Models.build(labels, Models.Options.defaults()))
                .hasMessageContaining("3 labels");
    }

    @Test
    void aGeneratingModelIsNoReranker() {
        FakeModel llama = TinyModels.copy("llama");
        ModelGraph graph = Models.build(llama, Models.Options.defaults());
        assertThatThrownBy(() -> graph.pooled(Pooling.RANK)).hasMessageContaining("no head of a reranker");
    }
}
