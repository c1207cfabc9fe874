package smelt.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Samples;
import smelt.formats.Tensor;
import smelt.formats.TensorInfo;

/** Guards formats: what the GGUF writer writes, the reader reads. */
class GgufRoundTripTest {
    @TempDir
    Path folder;

    @Test
    void everyTypeComesBack() {
        Path path = folder.resolve("model.gguf");
        List<Tensor> tensors = Samples.tensors(DType.values());
        GgufWriter.write(path, Samples.metadata(), tensors);
        try (ModelFile model = GgufReader.open(path)) {
            assertThat(model.metadata().values()).isEqualTo(Samples.metadata().values());
            assertThat(model.tensors().keySet())
                    .containsExactlyElementsOf(
                            tensors.stream().map(Tensor::name).toList());
            tensors.forEach(tensor -> assertSame(model.tensor(tensor.name()), tensor));
            assertThat(model.bytes()).isEqualTo(path.toFile().length());
        }
    }

    private static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.type()).isEqualTo(expected.type());
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.data().mismatch(expected.data())).isEqualTo(-1);
        assertThat(actual.data().isReadOnly()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 8, 64, 4096})
    void alignmentIsKept(long alignment) {
        Path path = folder.resolve("model.gguf");
        Metadata metadata = new Metadata(Map.of("general.alignment", alignment));
        GgufWriter.write(path, metadata, Samples.tensors(DType.Q4_0, DType.F32, DType.Q6_K));
        try (ModelFile model = GgufReader.open(path)) {
            assertThat(model.tensors()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void versionsTwoAndThreeAreReadFromAnyPrefix(int version) {
        List<Tensor> tensors = Samples.tensors(DType.F16, DType.Q8_0);
        byte[] header = GgufWriter.header(Samples.metadata(), tensors, version);
        long fileBytes = header.length + 10_000L;
        for (int length = 0; length < header.length; length++) {
            assertThat(GgufHeader.parse(ByteBuffer.wrap(header, 0, length), fileBytes))
                    .as("prefix of %d", length)
                    .isEmpty();
        }
        GgufHeader parsed = GgufHeader.parse(ByteBuffer.wrap(header), fileBytes).orElseThrow();
        assertThat(parsed.version()).isEqualTo(version);
        assertThat(parsed.metadata().values()).isEqualTo(Samples.metadata().values());
        assertThat(parsed.tensors().stream().map(TensorInfo::name)).containsExactly("blk.0.weight", "blk.1.weight");
        assertThat(parsed.dataOffset()).isBetween((long) header.length, header.length + 31L);
    }

    @Test
    void aFileWithoutTensorsIsAVocabulary() {
        Path path = folder.resolve("vocabulary.gguf");
        GgufWriter.write(path, Samples.metadata(), List.of());
        try (ModelFile model = GgufReader.open(path)) {
            assertThat(model.tensors()).isEmpty();
            assertThat(model.metadata().strings("tokenizer.ggml.tokens").orElseThrow())
                    .containsExactly("<s>", "", "é", "\n");
        }
    }

    @Test
    void anyPartOpensTheWholeSplitModel() {
        List<Path> parts = split(3);
        for (Path part : parts) {
            try (ModelFile model = GgufReader.open(part)) {
                assertThat(model.tensors().keySet()).containsExactly("part.0", "part.1", "part.2");
                assertThat(model.metadata().string("general.architecture")).contains("llama");
            }
        }
    }

    @Test
    void aMissingPartIsNamed() throws IOException {
        List<Path> parts = split(3);
        Files.delete(parts.get(1));
        assertThatThrownBy(() -> GgufReader.open(parts.getFirst())).isInstanceOfSatisfying(Failure.class, e -> {
            assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND);
            assertThat(e.what()).contains("model-00002-of-00003.gguf");
        });
    }

    @Test
    void partsInTheWrongPlaceAreRefused() throws IOException {
        List<Path> parts = split(2);
        Files.copy(parts.get(0), parts.get(1), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> GgufReader.open(parts.getFirst()))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.MALFORMED));
        Path alone = folder.resolve("alone.gguf");
        Files.copy(parts.get(0), alone);
        assertThatThrownBy(() -> GgufReader.open(alone)).hasMessageContaining("part 1 of 2");
    }

    private List<Path> split(int count) {
        return IntStream.range(0, count)
                .mapToObj(part -> {
                    Path path = folder.resolve(String.format("model-%05d-of-%05d.gguf", part + 1, count));
                    Map<String, Object> values = new LinkedHashMap<>();
                    if (part == 0) {
                        values.put("general.architecture", "llama");
                    }
                    values.put("split.no", (long) part);
                    values.put("split.count", (long) count);
                    values.put("split.tensors.count", (long) count);
                    MemorySegment data = MemorySegment.ofArray(new float[] {part, 1});
                    Tensor tensor = new Tensor("part." + part, DType.F32, List.of(2L), data);
                    GgufWriter.write(path, new Metadata(values), List.of(tensor));
                    return path;
                })
                .toList();
    }

    @Test
    void aFileCutShortWhileOpenIsReported() throws IOException {
        Path path = folder.resolve("model.gguf");
        GgufWriter.write(path, Samples.metadata(), Samples.tensors(DType.F32));
        try (ModelFile model = GgufReader.open(path)) {
            assertThat(model.tensor("blk.0.weight").data().byteSize()).isPositive();
            Files.write(path, new byte[10]);
            assertThatThrownBy(model::tensors)
                    .isInstanceOfSatisfying(
                            Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.CORRUPT));
        }
    }
}
