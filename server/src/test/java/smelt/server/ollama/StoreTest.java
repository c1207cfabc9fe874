package smelt.server.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.json;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.RunningServer;
import smelt.store.ModelStore;
import smelt.store.Settings;
import tools.jackson.databind.JsonNode;

/** Guards server/: pulling into a store and deleting from it by Ollama's interface; no network is needed. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class StoreTest {
    private static final String NAME = "smollm2";

    @TempDir
    Path root;

    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        Path folder = Files.createDirectory(root.resolve(NAME));
        byte[] file = emptyModel();
        Files.write(folder.resolve("model.gguf"), file);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        Files.writeString(folder.resolve("manifest.json"), """
                {"name": "%s", "source": "pypi:some", "licence": "Apache-2.0", "main": "model.gguf",
                 "pulled": "2026-01-02T03:04:05Z",
                 "files": [{"name": "model.gguf", "bytes": %d, "sha256": "%s"}]}
                """.formatted(NAME, file.length, sha256));
        server = RunningServer.with(
                ModelStore.open(root, Settings.fromEnvironment().withOffline(true)), "null");
    }

    /** A GGUF file without tensors. */
    private static byte[] emptyModel() {
        byte[] key = "general.architecture".getBytes(StandardCharsets.UTF_8);
        byte[] value = "llama".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(24 + 8 + key.length + 4 + 8 + value.length + 31)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("GGUF".getBytes(StandardCharsets.UTF_8))
                .putInt(3)
                .putLong(0)
                .putLong(1)
                .putLong(key.length)
                .put(key)
                .putInt(8)
                .putLong(value.length)
                .put(value)
                .array();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<JsonNode> tags() throws IOException, InterruptedException {
        return json(server.get("/api/tags")).path("models").valueStream().toList();
    }

    @Test
    void pullsAndServesThenDeletes() throws Exception {
        assertThat(tags()).hasSize(1);
        HttpResponse<String> pulled = server.post("/api/pull", "{\"model\":\"" + NAME + ":latest\"}");
        List<JsonNode> lines =
                pulled.body().lines().map(RunningServer.JSON::readTree).toList();
        assertThat(lines.getFirst().path("status").stringValue()).isEqualTo("pulling manifest");
        assertThat(lines.getLast().path("status").stringValue()).isEqualTo("success");
        JsonNode tag = tags().get(1);
        assertThat(tag.path("name").stringValue()).isEqualTo(NAME);
        assertThat(tag.path("size").longValue()).isEqualTo(emptyModel().length);
        assertThat(tag.path("details").path("family").stringValue()).isEqualTo("llama");
        assertThat(tag.path("details").path("format").stringValue()).isEqualTo("gguf");
        JsonNode shown = json(server.post("/api/show", "{\"model\":\"" + NAME + "\"}"));
        assertThat(shown.path("license").stringValue()).isEqualTo("Apache-2.0");
        assertThat(shown.path("model_info").path("general.architecture").stringValue())
                .isEqualTo("llama");
        HttpResponse<String> deleted = server.delete("/api/delete", "{\"model\":\"" + NAME + "\"}");
        assertThat(deleted.statusCode()).as(deleted.body()).isEqualTo(200);
        assertThat(tags()).hasSize(1);
        assertThat(root.resolve(NAME)).doesNotExist();
        assertThat(server.delete("/api/delete", "{\"model\":\"" + NAME + "\"}").statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"model\":\"\",\"username\":\"\",\"password\":\"\""})
    void answersAPullWithoutLines(String ofItsCommandLine) throws Exception {
        HttpResponse<String> pulled =
                server.post("/api/pull", "{\"name\":\"" + NAME + "\",\"stream\":false" + ofItsCommandLine + "}");
        assertThat(json(pulled).path("status").stringValue()).isEqualTo("success");
        HttpResponse<String> deleted = server.delete("/api/delete", "{\"model\":\"\",\"name\":\"" + NAME + "\"}");
        assertThat(deleted.statusCode()).as(deleted.body()).isEqualTo(200);
    }

    @Test
    void tellsAFailureAmidTheLines() throws Exception {
        HttpResponse<String> pulled = server.post("/api/pull", "{\"model\":\"hf.co/some/model\"}");
        assertThat(pulled.statusCode()).isEqualTo(200);
        JsonNode last =
                RunningServer.JSON.readTree(pulled.body().lines().toList().getLast());
        assertThat(last.path("error").stringValue()).contains("offline");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/etc/model.gguf", "../model.gguf", "https://10.0.0.1/a.gguf", "pypi:some", "smolm2", "~/a"})
    void pullsNoFilesOrAddresses(String name) throws Exception {
        HttpResponse<String> refused = server.post("/api/pull", "{\"model\":\"" + name + "\"}");
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(json(refused).path("error").stringValue()).contains(name);
    }

    @Test
    void keepsModelsThatAreNotOfTheStore() throws Exception {
        HttpResponse<String> kept = server.delete("/api/delete", "{\"model\":\"null\"}");
        assertThat(kept.statusCode()).isEqualTo(404);
        assertThat(tags()).hasSize(1);
    }
}
