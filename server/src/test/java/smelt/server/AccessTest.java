package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.server.http.ApiKeys;
import smelt.server.http.HttpSettings;

/** Guards server/: who may ask, by key, by Host and by Origin. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class AccessTest {
    private static final String KEY = "sk-0123456789";
    private static RunningServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        HttpSettings http = HttpSettings.DEFAULT
                .withKeys(ApiKeys.of(List.of("another-key", KEY)))
                .withOrigins(Set.of("https://chat.example"))
                .withHosts(Set.of("models.example"));
        server = RunningServer.loading(ServerSettings.DEFAULT.withHttp(http), new NullModels(), "null");
        server.server.loaded().join();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization,Bearer sk-0123456789,200",
        "authorization,bearer sk-0123456789,200",
        "X-Api-Key,sk-0123456789,200",
        "Authorization,Bearer sk-012345678,401",
        "Authorization,Basic sk-0123456789,401",
        "X-Other,sk-0123456789,401"
    })
    void wantsAKey(String header, String value, int status) throws Exception {
        HttpResponse<String> response = server.get("/v1/models", header, value);
        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 401) {
            assertThat(json(response).path("error").path("code").stringValue()).isEqualTo("invalid_api_key");
            assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
            assertThat(response.body()).doesNotContain("0123");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/live", "/ready", "/version"})
    void probesNeedNoKey(String path) throws Exception {
        assertThat(server.get(path).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "localhost:9999,200",
        "127.0.0.1,200",
        "[::1]:80,200",
        "models.example,200",
        "evil.example,403",
        "127.0.0.1.evil.example,403",
        "localhost.evil.example,403"
    })
    void answersToItsOwnNames(String host, int status) throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send("GET /health HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 " + status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://chat.example,200",
        "http://localhost:3000,200",
        "http://127.0.0.1:5173,200",
        "https://evil.example,403",
        "http://chat.example,403",
        "null,403",
        "http://localhost.evil.example,403"
    })
    void answersPagesThatMayAsk(String origin, int status) throws Exception {
        HttpResponse<String> response = server.get("/v1/models", "Origin", origin, "Authorization", "Bearer " + KEY);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin").isPresent())
                .isEqualTo(status == 200);
    }

    @Test
    void tellsBrowsersWhatTheyMaySend() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send("OPTIONS /v1/chat/completions HTTP/1.1\nHost: localhost\nOrigin: https://chat.example\n"
                    + "Access-Control-Request-Method: POST\n"
                    + "Access-Control-Request-Headers: authorization, content-type\nConnection: close\n\n");
            assertThat(client.readAll())
                    .startsWith("HTTP/1.1 204")
                    .contains("Access-Control-Allow-Origin: https://chat.example")
                    .contains("Access-Control-Allow-Headers: authorization, content-type");
        }
    }

    @Test
    void refusesToBeReachedByAllWithoutAKey() {
        assertThatThrownBy(() -> RunningServer.loading(
                        ServerSettings.DEFAULT.withAddress("0.0.0.0", 0), new NullModels(), "null"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("no API key");
    }

    @Test
    void listensForAllWithAKey() throws Exception {
        HttpSettings http =
                HttpSettings.DEFAULT.withKeys(ApiKeys.of(List.of(KEY))).withAddress("0.0.0.0", 0);
        try (RunningServer open =
                RunningServer.loading(ServerSettings.DEFAULT.withHttp(http), new NullModels(), "null")) {
            open.server.loaded().join();
            try (RawClient client = new RawClient(open.server.uri())) {
                client.send("GET /health HTTP/1.1\nHost: my-machine.lan\nConnection: close\n\n");
                assertThat(client.readAll()).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void saysThatThePortIsTaken() {
        int port = server.server.address().getPort();
        assertThatThrownBy(() -> Server.start(
                        ServerSettings.DEFAULT.withAddress("127.0.0.1", port),
                        server.host,
                        java.util.Map.of("null", "null"),
                        "test"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("in use");
    }

    @Test
    void readsKeysFromAFile() throws Exception {
        Path file = folder.resolve("keys");
        Files.writeString(file, "# of the team\n\nalice   alice-secret-1\n  bob-secret-22\n");
        assertThat(ApiKeys.read(file).isEmpty()).isFalse();
        Files.writeString(file, "a b c\n");
        assertThatThrownBy(() -> ApiKeys.read(file)).isInstanceOf(Failure.class).hasMessageContaining("line 1");
        Files.writeString(file, "# nothing\n");
        assertThatThrownBy(() -> ApiKeys.read(file)).isInstanceOf(Failure.class).hasMessageContaining("no API key");
        Files.writeString(file, "alice short\n");
        assertThatThrownBy(() -> ApiKeys.read(file))
                .isInstanceOf(Failure.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("short"));
        Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE});
        assertThatThrownBy(() -> ApiKeys.read(file)).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> ApiKeys.read(folder.resolve("none")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("not there");
        assertThatThrownBy(() -> ApiKeys.read(folder)).isInstanceOf(Failure.class);
    }
}
