package smelt.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Samples;
import smelt.formats.Tensor;

/** Guards formats: Hugging Face folders with one weight file, several with an index, or of kinds that are refused. */
class SafetensorsFolderTest {
    @TempDir
    Path folder;

    private void config(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
    }

    @Test
    void everyTypeComesBack() throws IOException {
        config("{}");
        List<Tensor> tensors =
                Samples.tensors(DType.F32, DType.F16, DType.BF16, DType.F64, DType.I8, DType.I16, DType.I32, DType.I64);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
        for (Path path : List.of(folder, folder.resolve("model.safetensors"))) {
            try (ModelFile model = SafetensorsReader.open(path)) {
                assertThat(model.tensors()).hasSameSizeAs(tensors);
                for (Tensor tensor : tensors) {
                    Tensor read = model.tensor(tensor.name());
                    assertThat(read.type()).isEqualTo(tensor.type());
                    assertThat(read.shape()).isEqualTo(tensor.shape());
                    assertThat(read.data().mismatch(tensor.data())).isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void anIndexJoinsShards() throws IOException {
        config("{}");
        List<Tensor> tensors = Samples.tensors(DType.F32, DType.F16);
        SafetensorsWriter.write(folder.resolve("model-00001-of-00002.safetensors"), Map.of(), tensors.subList(0, 1));
        SafetensorsWriter.write(folder.resolve("model-00002-of-00002.safetensors"), Map.of(), tensors.subList(1, 2));
        index("blk.0.weight", "model-00001-of-00002.safetensors", "blk.1.weight", "model-00002-of-00002.safetensors");
        for (Path path : List.of(folder, folder.resolve("model-00002-of-00002.safetensors"))) {
            try (ModelFile model = SafetensorsReader.open(path)) {
                assertThat(model.tensors().keySet()).containsExactly("blk.0.weight", "blk.1.weight");
            }
        }
        index("blk.0.weight", "model-00002-of-00002.safetensors", "blk.1.weight", "model-00001-of-00002.safetensors");
        assertRefused(FailureCode.MALFORMED, "blk.");
        index(
                "blk.0.weight",
                "../model-00001-of-00002.safetensors",
                "blk.1.weight",
                "model-00002-of-00002.safetensors");
        assertRefused(FailureCode.MALFORMED, "../model-0");
        index("blk.0.weight", "model-3.safetensors", "blk.1.weight", "model-00002-of-00002.safetensors");
        assertRefused(FailureCode.NOT_FOUND, "model-3");
    }

    private void index(String name, String file, String other, String otherFile) throws IOException {
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\":{\"total_size\":1},\"weight_map\":{\"%s\":\"%s\",\"%s\":\"%s\"}}"
                        .formatted(name, file, other, otherFile));
    }

    private void assertRefused(FailureCode code, String text) {
        assertThatThrownBy(() -> SafetensorsReader.open(folder)).isInstanceOfSatisfying(Failure.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.what()).contains(text);
        });
    }

    @Test
    void nestedKeysAreJoinedByDots() throws IOException {
        config("""
                {"a": 1, "b": {"c": {"d": 1e6}, "e": null}, "list": [1, 2], "reals": [1, 2.5], "empty": [],
                 "objects": [{"x": 1}, {"x": 2}], "lists": [[1], [2]], "mixed": [1, "a"], "big": 1000000000000000000000,
                 "nan": NaN, "infinite": [0.0, Infinity], "text": "t", "truth": false}""");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [2, 3]}");
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), List.of());
        try (ModelFile model = SafetensorsReader.open(folder)) {
            Metadata metadata = model.metadata();
            assertThat(metadata.integer("a")).hasValue(1);
            assertThat(metadata.real("b.c.d")).hasValue(1e6);
            assertThat(metadata.has("b.e")).isFalse();
            assertThat(metadata.integers("list")).contains(List.of(1L, 2L));
            assertThat(metadata.values())
                    .containsEntry("reals", List.of(1.0, 2.5))
                    .containsEntry("empty", List.of());
            assertThat(metadata.integer("objects.1.x")).hasValue(2);
            assertThat(metadata.integers("lists.1")).contains(List.of(2L));
            assertThat(metadata.string("mixed.1")).contains("a");
            assertThat(metadata.real("big")).hasValue(1e21);
            assertThat(metadata.real("nan")).hasValue(Double.NaN);
            assertThat(metadata.bool("truth")).contains(false);
            assertThat(metadata.integers("generation_config.eos_token_id")).contains(List.of(2L, 3L));
        }
    }

    @ParameterizedTest
    @CsvSource({"awq", "gptq", "fp8", "bitsandbytes", "compressed-tensors", "mxfp4"})
    void quantisedWeightsAreRefusedByName(String method) throws IOException {
        config("{\"quantization_config\": {\"bits\": 4, \"quant_method\": \"" + method + "\"}}");
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), List.of());
        assertRefused(FailureCode.UNSUPPORTED, method);
    }

    @Test
    void eightBitFloatsAreRefusedByName() throws IOException {
        config("{}");
        String json = "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        byte[] file = new byte[8 + json.length() + 1];
        file[0] = (byte) json.length();
        System.arraycopy(json.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, file, 8, json.length());
        Files.write(folder.resolve("model.safetensors"), file);
        assertRefused(FailureCode.UNSUPPORTED, "F8_E4M3");
    }

    @Test
    void pickledWeightsAreRefused() throws IOException {
        config("{}");
        assertRefused(FailureCode.NOT_FOUND, "model.safetensors");
        Files.writeString(folder.resolve("pytorch_model.bin"), "");
        assertRefused(FailureCode.UNSUPPORTED, "PyTorch");
    }
}
