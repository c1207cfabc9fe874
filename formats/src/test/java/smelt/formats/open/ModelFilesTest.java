package smelt.formats.open;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile;
import smelt.formats.Samples;
import smelt.formats.gguf.GgufWriter;
import smelt.formats.safetensors.SafetensorsWriter;

/** Guards formats: what lies at a path is recognised, whatever its name. */
class ModelFilesTest {
    @TempDir
    Path folder;

    private Path gguf(String name) {
        Path path = folder.resolve(name);
        GgufWriter.write(path, Samples.metadata(), Samples.tensors(DType.F32));
        return path;
    }

    private static void assertOpens(Path path, ModelFile.Format format) {
        try (ModelFile model = ModelFiles.open(path)) {
            assertThat(model.format()).isEqualTo(format);
            assertThat(model.tensor("blk.0.weight").shape()).containsExactly(3L, 2L);
            assertThatThrownBy(() -> model.tensor("no.such")).hasMessageContaining("no.such");
        }
    }

    private static void assertRefused(Path path, FailureCode code) {
        assertThatThrownBy(() -> ModelFiles.open(path))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void ggufFilesNeedNoSuffix() {
        assertOpens(gguf("model.gguf"), ModelFile.Format.GGUF);
        assertOpens(gguf("sha256-0123"), ModelFile.Format.GGUF);
    }

    @Test
    void aFolderWithOneGgufModelIsThatModel() {
        gguf("one.gguf");
        assertOpens(folder, ModelFile.Format.GGUF);
        gguf("two.gguf");
        assertRefused(folder, FailureCode.INVALID_ARGUMENT);
    }

    @Test
    void safetensorsOpenByFolderAndByFile() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Path weights = folder.resolve("model.safetensors");
        SafetensorsWriter.write(weights, Map.of(), Samples.tensors(DType.F32));
        assertOpens(folder, ModelFile.Format.SAFETENSORS);
        assertOpens(weights, ModelFile.Format.SAFETENSORS);
    }

    @Test
    void otherThingsAreRefused() throws IOException {
        assertRefused(folder, FailureCode.NOT_FOUND);
        assertRefused(folder.resolve("missing.gguf"), FailureCode.NOT_FOUND);
        assertRefused(Files.writeString(folder.resolve("pytorch_model.bin"), "PK"), FailureCode.UNSUPPORTED);
        assertRefused(Files.writeString(folder.resolve("empty.gguf"), ""), FailureCode.MALFORMED);
        assertRefused(Files.writeString(folder.resolve("text.txt"), "no model"), FailureCode.MALFORMED);
    }
}
