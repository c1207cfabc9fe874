package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.engine.Embedder;
import smelt.engine.EventStream;
import smelt.engine.Request;
import smelt.engine.Settings;
import smelt.engine.hosting.HostedModel;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.hosting.ModelHost;
import smelt.graph.ModelGraph.Pooling;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Several real models in one process: what they take, what they answer beside each other, vectors against a golden. */
@Execution(ExecutionMode.SAME_THREAD)
class ModelHostModelsTest {
    private static final int CONTEXT = 128;

    private static ModelFileLoader loader(Pooling... pooling) {
        var choices = new ModelFileLoader.Choices(
                CONTEXT, 2, Arrays.stream(pooling).findFirst(), CacheType.F16, Settings.DEFAULT);
        return new ModelFileLoader(TinyModel.FOLDER::resolve, choices);
    }

    private static long planned(String name) {
        try (ModelFileLoader.PreparedFile prepared = loader().prepare(name)) {
            return prepared.bytes();
        }
    }

    @Test
    void twoModelsAnswerBesideEachOtherWithinTheBudget() throws Exception {
        long budget = planned("llama") + planned("bert") + (1 << 16);
        try (var host = new ModelHost(loader(), budget, Duration.ofMinutes(5));
                ModelHost.Lease bert = host.use("bert")) {
            try (ModelHost.Lease llama = host.use("llama")) {
                var events = new EventStream();
                llama.model().engine().submit(Request.of(1, 2, 3).withMaxTokens(4), events);
                assertThat(bert.model().embedder().embed(List.of(new int[] {5, 6}), true))
                        .hasSize(1);
                assertThat(events.completion().ids()).hasSize(4);
                for (HostedModel model : host.list()) {
                    assertThat(model.bytes()).isCloseTo(planned(model.name()), within(1L << 14));
                }
                assertThatThrownBy(() -> host.use("qwen2"))
                        .isInstanceOfSatisfying(
                                Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES));
            }
            host.unload("llama");
            host.use("llama").close();
            assertThat(host.list()).hasSize(2);
        }
    }

    @Test
    void bertEmbedsAsTransformersInEveryCrowd() throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(Files.readString(TinyModel.FOLDER.resolve("bert").resolve("reference.json")));
        int[] prompt =
                json.get("prompt").valueStream().mapToInt(JsonNode::asInt).toArray();
        try (ModelFileLoader.PreparedFile prepared = loader().prepare("bert");
                var model = prepared.load()) {
            float[] alone = model.embedder().embed(List.of(prompt), false).getFirst();
            for (int i = 0; i < alone.length; i++) {
                assertThat((double) alone[i])
                        .isCloseTo(json.get("embedding").get(i).asDouble(), within(2e-3));
            }
            assertSameInACrowd(model.embedder(), prompt, alone);
            assertThatThrownBy(model::engine).hasMessageContaining("cannot write");
        }
    }

    @Test
    void aDecoderEmbedsByTheRowsThatItsHeadReads() throws IOException, InterruptedException {
        int[] text = {3, 1, 4, 1, 5, 9, 2, 6};
        for (Pooling pooling : List.of(Pooling.MEAN, Pooling.LAST)) {
            for (String name : List.of("llama", "gpt2", "gemma2")) {
                try (ModelFileLoader.PreparedFile prepared = loader(pooling).prepare(name);
                        var model = prepared.load()) {
                    float[] alone = model.embedder().embed(List.of(text), false).getFirst();
                    assertThat(alone).hasSize(prepared.plan().graph().info().hidden());
                    assertSameInACrowd(model.embedder(), text, alone);
                }
            }
        }
    }

    private static void assertSameInACrowd(Embedder embedder, int[] text, float[] alone) throws InterruptedException {
        List<int[]> crowd = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            crowd.add(i % 7 == 3 ? text : Arrays.copyOf(text, 1 + i % text.length));
        }
        List<float[]> vectors = embedder.embed(crowd, false);
        for (int i = 3; i < 20; i += 7) {
            assertThat(vectors.get(i)).containsExactly(alone);
        }
    }
}
