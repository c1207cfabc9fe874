package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.json;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.http.HttpSettings;
import smelt.server.http.Limits;
import tools.jackson.databind.JsonNode;

/** Guards server/: what is wrong with HTTP itself, and both of its versions. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HttpBehaviourTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String HELLO =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":4,\"seed\":1";

    private static final Duration TIME = Duration.ofMinutes(1);

    private static RunningServer server;

    @BeforeAll
    static void start() {
        Limits limits = new Limits(100_000, 8_000, Duration.ofMillis(200), Duration.ofSeconds(1), TIME, TIME);
        server = RunningServer.loading(
                ServerSettings.DEFAULT.withHttp(HttpSettings.DEFAULT.withLimits(limits)),
                new NullModels(),
                "null",
                "slow");
        server.server.loaded().join();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "[]",
                "null",
                "7",
                "{} {}",
                "{\"a\":[1}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":}",
                "{'a':1}",
                "{\"a\":NaN}",
                "\uFFFE{}",
                "{\"a\":\"\u0001\"}"
            })
    void refusesWhatIsNoJson(String body) throws Exception {
        HttpResponse<String> response = server.post(CHAT, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = json(response).path("error");
        assertThat(error.path("code").stringValue()).isEqualTo("invalid_json");
        assertThat(error.path("message").stringValue()).doesNotContain("Source", "`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "HUGE", "-HUGE"})
    void refusesNumbersBeyondAllRanges(String number) throws Exception {
        String huge = number.replace("HUGE", "1" + "0".repeat(400));
        HttpResponse<String> response = server.post(
                CHAT,
                "{\"model\":\"null\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"presence_penalty\":" + huge
                        + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    }

    @Test
    void refusesDeepJson() throws Exception {
        HttpResponse<String> response =
                server.post(CHAT, "{\"messages\":" + "[".repeat(40_000) + "]".repeat(40_000) + "}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).doesNotContain("`");
    }

    @Test
    void refusesIllFormedUtf8() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri(CHAT))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("UTF-8");
        }
    }

    @ParameterizedTest
    @CsvSource({"application/x-www-form-urlencoded,415", "text/plain,415", "application/json; charset=utf-8,200"})
    void mindsTheContentType(String type, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri(CHAT))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(HELLO + "}"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        }
    }

    @Test
    void refusesWhatIsTooLarge() throws Exception {
        HttpResponse<String> response = server.post(CHAT, "{\"x\":\"" + "y".repeat(100_001) + "\"}");
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).path("error").path("message").stringValue()).contains("100000");
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send("GET /health HTTP/1.1\nHost: localhost\nX-Large: " + "z".repeat(9_000) + "\n\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 4").contains("{\"error\":{");
        }
    }

    /** More than the system's buffers hold: the answer must reach a client that has not sent all. */
    @Test
    void tellsWhatIsTooLargeToWhoIsStillSending() throws Exception {
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> response = server.post(CHAT, "{\"x\":\"" + "y".repeat(20_000_000) + "\"}");
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(json(response).path("error").path("code").stringValue()).isEqualTo("request_too_large");
        }
    }

    @Test
    void refusesAChunkedBodyThatIsTooLarge() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send("POST " + CHAT + " HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
                    + "Transfer-Encoding: chunked\n\n");
            client.send("20000\n" + " ".repeat(0x20000) + "\n");
            assertThat(client.readUntil("request_too_large")).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void saysWhichMethodIsFor() throws Exception {
        HttpResponse<String> response = server.get(CHAT);
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("POST");
        assertThat(json(response).path("error").path("code").stringValue()).isEqualTo("method_not_allowed");
    }

    @Test
    void hintsAtTheNearestPath() throws Exception {
        HttpResponse<String> response = server.get("/v1/model");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("/v1/models");
        assertThat(server.get("/v1/v1/models").body()).contains("did you mean /v1/models?");
        assertThat(server.get("/v1").body()).contains("nothing at /v1\"");
        assertThat(server.get("/v1/evals").body()).doesNotContain("did you mean");
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/health"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void givesTheRequestsIdBack() throws Exception {
        assertThat(server.get("/health", "X-Request-Id", "my-7").headers().firstValue("X-Request-Id"))
                .hasValue("my-7");
        assertThat(server.get("/health").headers().firstValue("X-Request-Id").orElseThrow())
                .startsWith("req_");
    }

    /** The default client of Java asks for an upgrade to HTTP/2 in clear text. */
    @Test
    void answersTheDefaultClientOfJava() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String first = "";
            for (int i = 0; i < 3; i++) {
                for (String more : new String[] {"}", ",\"stream\":true}"}) {
                    HttpRequest request = HttpRequest.newBuilder(server.uri(CHAT))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(HELLO + more))
                            .build();
                    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                    assertThat(response.statusCode()).isEqualTo(200);
                    assertThat(response.body().endsWith("data: [DONE]\n\n")).isEqualTo(!more.equals("}"));
                }
                HttpResponse<String> models = client.send(
                        HttpRequest.newBuilder(server.uri("/v1/models")).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(models.version()).isEqualTo(HttpClient.Version.HTTP_2);
                first = first.isEmpty() ? models.body() : first;
                assertThat(models.body()).isEqualTo(first);
            }
        }
    }

    @Test
    void keepsAStreamAliveWithComments() throws Exception {
        String prompt = "x".repeat(3500); // 7 steps of 512, each of 20 ms, for many at once
        StringBuilder all = new StringBuilder();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            String body = "{\"model\":\"slow\",\"stream\":true,\"max_tokens\":1,\"messages\":[{\"role\":\"user\","
                    + "\"content\":\"" + i + prompt + "\"}]}";
            threads[i] = Thread.ofVirtual().start(() -> {
                try {
                    String answer = server.post(CHAT, body).body();
                    synchronized (all) {
                        all.append(answer);
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(all.toString().split("data: \\[DONE]", -1)).hasSize(threads.length + 1);
        assertThat(all.toString().lines().filter(": "::equals).count()).isGreaterThan(threads.length);
    }

    @Test
    void givesUpAClientThatReadsNothing() throws Exception {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"stream\":true,\"logprobs\":true,"
                + "\"top_logprobs\":20,\"ignore_eos\":true}";
        try (RawClient client = new RawClient(server.server.uri())) {
            client.post(CHAT, body); // some megabytes that nobody reads
            while (server.host.list().getFirst().leases() == 0) {
                Thread.sleep(1);
            }
            while (server.host.list().getFirst().leases() > 0) {
                Thread.sleep(10);
            }
        }
        assertThat(server.post(CHAT, HELLO + "}").statusCode()).isEqualTo(200);
    }

    @Test
    void readsARequestThatComesSlowly() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            String text = "POST " + CHAT + " HTTP/1.1\nHost: localhost\nContent-Length: " + (HELLO.length() + 1)
                    + "\n\n" + HELLO + "}";
            for (int i = 0; i < text.length(); i++) {
                client.send(text.substring(i, i + 1));
            }
            assertThat(client.readUntil("\"usage\"")).startsWith("HTTP/1.1 200");
        }
    }
}
