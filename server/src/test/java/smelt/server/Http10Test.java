package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards server/: HTTP/1.0, which health checks, ab and proxies with their usual settings speak. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class Http10Test {
    private static final String CHAT = "/v1/chat/completions";
    private static final String BODY =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":40,\"seed\":1";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The whole answer: the server must end the connection. */
    private static String answer(String request) throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            return client.send(request).readAll();
        }
    }

    private static String post(String body, String headers) {
        return "POST " + CHAT + " HTTP/1.0\n" + headers + "Content-Type: application/json\nContent-Length: "
                + body.length() + "\n\n" + body;
    }

    private static String content(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host: localhost\n",
                "Host: localhost\nConnection: Keep-Alive\n",
                "Host: 127.0.0.1:8080\nconnection: close\nExpect: 100-continue\nUpgrade: h2c\n"
            })
    void answersAHealthCheck(String headers) throws Exception {
        String answer = answer("GET /health HTTP/1.0\n" + headers + "\n");
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").containsIgnoringCase("\r\nConnection: close\r\n");
        assertThat(content(answer)).startsWith("{").endsWith("}");
    }

    @Test
    void answersARequestWithABody() throws Exception {
        String expected = server.post(CHAT, BODY + "}").body();
        String answer = answer(post(BODY + "}", ""));
        assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("chunked");
        assertThat(text(content(answer))).isEqualTo(text(expected));
    }

    @Test
    void aStreamEndsWithItsConnection() throws Exception {
        String body = BODY + ",\"stream\":true}";
        String expected = server.post(CHAT, body).body();
        String answer = answer(post(body, "Host: localhost\n"));
        assertThat(answer).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("Transfer-Encoding");
        assertThat(content(answer)).startsWith(": \n\ndata: {").endsWith("data: [DONE]\n\n");
        assertThat(text(content(answer))).isEqualTo(text(expected));
    }

    /** Without what is of one answer alone. */
    private static String text(String answer) {
        return answer.replaceAll("\"id\":\"[^\"]*\"", "").replaceAll("\"created\":\\d+", "");
    }

    @Test
    void streamsWhileItIsMade() throws Exception {
        try (RunningServer slow = RunningServer.of("slow");
                RawClient client = new RawClient(slow.server.uri())) {
            client.send(post(BODY.replace(":40", ":3000") + ",\"ignore_eos\":true,\"stream\":true}", ""));
            assertThat(client.readUntil("\"content\"")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aRequestMayComeByteByByte() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            String request = post(BODY + "}", "");
            for (int i = 0; i < request.length(); i++) {
                client.send(request.substring(i, i + 1));
            }
            assertThat(client.readAll()).startsWith("HTTP/1.1 200").contains("\"usage\"");
        }
    }

    @Test
    void refusesAsInHttp11() throws Exception {
        assertThat(answer("GET /nothing HTTP/1.0\n\n")).startsWith("HTTP/1.1 404");
        assertThat(answer("GET /health HTTP/1.0\nHost: evil.example\n\n")).startsWith("HTTP/1.1 403");
        assertThat(answer("GET /health HTTP/1.0\nX: " + "x".repeat(100_000) + "\n\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(answer("GET /health HTTP/1.0\nno colon\n\n")).startsWith("HTTP/1.1 400");
    }
}
