package smelt.planner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.planner.catalogue.JsonFile;

/** Guards the planner's reading of model files: shapes agree with tensors, and with the graphs that run them. */
final class ModelFilesTest {
    private static final Path CHECK = Path.of("..", "check", "src", "test", "resources");

    /** Encoders: what they cost is not a planner's question. */
    private static final Set<String> NO_DECODERS = Set.of("bert");

    @TempDir
    Path folder;

    static List<Path> tinyModels() throws IOException {
        try (Stream<Path> all = Files.list(CHECK.resolve("tiny-models"))) {
            return all.filter(Files::isDirectory)
                    .filter(path -> !NO_DECODERS.contains(path.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("tinyModels")
    void aConfigTellsAsManyParametersAsTheFileHas(Path model) {
        ModelShape shape = ModelCatalogue.ofConfig(model);
        try (ModelFile file = ModelFiles.open(model)) {
            long tensors =
                    file.tensors().values().stream().mapToLong(Tensor::elements).sum();
            assertThat(Counts.parameters(shape)).isEqualTo(tensors);
            ModelGraph graph = Models.build(file, Models.Options.defaults());
            assertThat(shape.layerCount()).isEqualTo(graph.layers().size());
            assertThat(shape.hidden()).isEqualTo(graph.info().hidden());
            assertThat(shape.vocabulary()).isEqualTo(graph.info().vocabulary());
        }
    }

    @Test
    void aGgufHeaderTellsTheSame() {
        Path file = CHECK.resolve("training-model").resolve("model.gguf");
        ModelShape shape = ModelCatalogue.ofGguf(file);
        NumberFormats formats = ModelCatalogue.formatsOfGguf(file);
        try (ModelFile model = ModelFiles.open(file)) {
            long parameters = 0;
            long bytes = 0;
            for (Tensor tensor : model.tensors().values()) {
                if (!tensor.name().startsWith("rope_")) {
                    parameters += tensor.elements();
                    bytes += tensor.data().byteSize();
                }
            }
            assertThat(Counts.parameters(shape)).isEqualTo(parameters);
            assertThat((double) Counts.weightBytes(shape, formats)).isCloseTo(bytes, within(0.001 * bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "nonsense",
                "{\"model_type\": 7}",
                "{\"model_type\": \"bert\"}",
                "{\"model_type\": \"gemma3n_text\", \"hidden_size\": 64}",
                "{\"model_type\": \"llama\"}",
                "{\"model_type\": \"llama\", \"hidden_size\": 0, \"num_hidden_layers\": 2}",
                "{\"model_type\": \"llama\", \"hidden_size\": -8, \"num_hidden_layers\": 2}",
                "{\"model_type\": \"llama\", \"hidden_size\": 1e400, \"num_hidden_layers\": 2}",
                "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 99999999999999999999}",
                "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 2147483647}",
                "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 2, \"vocab_size\": 10, "
                        + "\"num_attention_heads\": 0}",
                "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 2, \"vocab_size\": 10, "
                        + "\"num_attention_heads\": 8, \"num_key_value_heads\": 3}",
                "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 2, \"vocab_size\": 10, "
                        + "\"num_attention_heads\": 8, \"intermediate_size\": 2147483647}",
                "{\"model_type\": \"qwen3\", \"hidden_size\": 64, \"num_hidden_layers\": 2, \"vocab_size\": 10, "
                        + "\"num_attention_heads\": 8, \"intermediate_size\": 64, \"layer_types\": [\"x\"]}",
                "{\"model_type\": \"mixtral\", \"hidden_size\": 1048576, \"num_hidden_layers\": 4096, "
                        + "\"vocab_size\": 10, \"num_attention_heads\": 8, \"head_dim\": 16384, "
                        + "\"intermediate_size\": 1048576, \"num_local_experts\": 16384, \"num_experts_per_tok\": 2}"
            })
    void aConfigThatCannotBeEndsInAFailure(String text) throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), text);
        assertThatThrownBy(() -> ModelCatalogue.ofConfig(config))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isNotEqualTo(FailureCode.INTERNAL))
                .hasMessageContaining("config.json");
    }

    @Test
    void aFileThatIsNoModelEndsInAFailure() throws IOException {
        Path file = Files.writeString(folder.resolve("model.gguf"), "GGUF and nothing more");
        assertThatThrownBy(() -> ModelCatalogue.ofGguf(file)).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> ModelCatalogue.ofConfig(folder.resolve("none.json")))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.NOT_FOUND));
    }

    /** What is left of a config after a few of its values are others. */
    @Test
    void aChangedConfigIsReadOrRefused() throws IOException {
        long seed = 20261123;
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        JsonFile.resource("models.json")
                .path("models")
                .values()
                .forEach(m -> texts.add(m.path("config").toString()));
        String[] values = {
            "0",
            "-1",
            "1",
            "2147483647",
            "9223372036854775807",
            "1e30",
            "0.5",
            "NaN",
            "null",
            "true",
            "\"x\"",
            "[]",
            "[1,[2],{}]",
            "{}",
            "[null]"
        };
        int read = 0;
        for (int i = 0; i < 1000; i++) {
            String text = texts.get(random.nextInt(texts.size()));
            for (int change = random.nextInt(3); change >= 0; change--) {
                String[] fields = text.substring(1, text.length() - 1).split(",(?=\"[a-z_]+\":)");
                int at = random.nextInt(fields.length);
                String key = fields[at].substring(0, fields[at].indexOf(':') + 1);
                fields[at] = key + values[random.nextInt(values.length)];
                text = "{" + String.join(",", fields) + ",\"layer_types\":" + values[random.nextInt(values.length)]
                        + "}";
            }
            Path config = Files.writeString(folder.resolve("config.json"), text);
            try {
                ModelShape shape = ModelCatalogue.ofConfig(config);
                assertThat(Counts.parameters(shape))
                        .as("seed %s, step %s: %s", seed, i, text)
                        .isNotNegative();
                assertThat(Counts.weightBytes(shape, NumberFormats.named("q4_k_m")))
                        .isNotNegative();
                read++;
            } catch (Failure refused) {
                assertThat(refused.code()).as(text).isNotEqualTo(FailureCode.INTERNAL);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", step " + i + ": " + text, e);
            }
        }
        assertThat(read).isPositive();
    }
}
