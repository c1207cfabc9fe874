package smelt.server.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.engine.hosting.HostedModel;
import smelt.server.NullModels;
import smelt.server.RawClient;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;

/** Guards server/: Ollama's interface over HTTP, on models without weights. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class OllamaTest {
    private static final String HELLO = "\"model\":\"null\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
    private static final String FEW = ",\"options\":{\"num_predict\":30,\"seed\":5,\"temperature\":1}";
    private static final String SLOWLY =
            "{\"model\":\"slow\",\"prompt\":\"Hello\",\"options\":{\"seed\":5,\"temperature\":2,\"top_k\":0}}";
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null", "bare", "vectors");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> chat(String fields) throws Exception {
        return server.post("/api/chat", "{" + HELLO + fields + "}");
    }

    private static List<JsonNode> lines(HttpResponse<String> response) {
        return response.body().lines().map(RunningServer.JSON::readTree).toList();
    }

    private static HostedModel hosted(RunningServer of, String name) {
        return of.host.list().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"logprobs\":true,\"top_logprobs\":2"})
    void chatsInLinesAsItDoesWhole(String more) throws Exception {
        HttpResponse<String> answer = chat(FEW + more + ",\"stream\":false");
        JsonNode whole = json(answer);
        HttpResponse<String> streamed = chat(FEW + more);
        assertThat(streamed.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        List<JsonNode> lines = lines(streamed);
        assertThat(lines.subList(0, lines.size() - 1))
                .isNotEmpty()
                .allMatch(line -> !line.path("done").booleanValue());
        assertThat(lines.stream()
                        .map(line -> line.path("message").path("content").stringValue())
                        .collect(Collectors.joining()))
                .isEqualTo(whole.path("message").path("content").stringValue());
        assertThat(lines.stream()
                        .flatMap(line -> line.path("logprobs").valueStream())
                        .toList())
                .isEqualTo(whole.path("logprobs").valueStream().toList())
                .hasSize(more.isEmpty() ? 0 : whole.path("logprobs").size());
        JsonNode last = lines.getLast();
        for (JsonNode end : List.of(last, whole)) {
            assertThat(end.path("done").booleanValue()).isTrue();
            assertThat(end.path("done_reason").stringValue()).isIn("stop", "length");
            assertThat(end.path("prompt_eval_count").intValue()).isEqualTo(NullModels.promptTokens("user", "Hello"));
            assertThat(end.path("eval_count").intValue()).isBetween(1, 30);
            assertThat(end.path("total_duration").longValue()).isPositive();
            assertThat(end.has("load_duration")).isTrue();
            assertThat(Instant.parse(end.path("created_at").stringValue()))
                    .isCloseTo(Instant.now(), within(Duration.ofMinutes(1)));
            assertThat(end.path("message").path("role").stringValue()).isEqualTo("assistant");
        }
    }

    @Test
    void tellsLogProbabilitiesWithBytes() throws Exception {
        JsonNode score = json(chat(FEW + ",\"logprobs\":true,\"top_logprobs\":2,\"stream\":false"))
                .path("logprobs")
                .get(0);
        assertThat(score.path("logprob").doubleValue()).isNegative();
        assertThat(score.path("token").isString()).isTrue();
        assertThat(score.path("bytes").isEmpty()).isFalse();
        assertThat(score.path("top_logprobs").size()).isEqualTo(2);
    }

    @Test
    void generatesWithTemplateAndRaw() throws Exception {
        String fields = ",\"stream\":false" + FEW + "}";
        JsonNode answered = json(server.post("/api/generate", "{\"model\":\"null\",\"prompt\":\"Hello\"" + fields));
        assertThat(answered.path("prompt_eval_count").intValue()).isEqualTo(NullModels.promptTokens("user", "Hello"));
        assertThat(answered.path("response").isString()).isTrue();
        assertThat(answered.has("message")).isFalse();
        JsonNode raw =
                json(server.post("/api/generate", "{\"model\":\"null\",\"prompt\":\"Hello\",\"raw\":true" + fields));
        assertThat(raw.path("prompt_eval_count").intValue()).isEqualTo(5);
        JsonNode bare = json(
                server.post("/api/generate", "{\"model\":\"bare\",\"system\":\"Be\",\"prompt\":\"Hello\"" + fields));
        assertThat(bare.path("prompt_eval_count").intValue()).isEqualTo(8);
        HttpResponse<String> lines =
                server.post("/api/generate", "{\"model\":\"null\",\"prompt\":\"Hello\"" + FEW + "}");
        assertThat(lines(lines).stream()
                        .map(line -> line.path("response").stringValue())
                        .collect(Collectors.joining()))
                .isEqualTo(answered.path("response").stringValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format\":\"xml\" | format must be json or a JSON schema",
                "\"format\":5 | format must be json or a JSON schema",
                "\"think\":true | think is not supported",
                "\"think\":\"high\" | think is not supported",
                "\"think\":\"deeply\" | think must be true, false, low",
                "\"tools\":[{\"type\":\"function\"}] | tools[0].function must be an object",
                "\"strem\":false | did you mean stream",
                "\"tool_choice\":\"required\" | tool_choice is not supported",
                "\"keep_alive\":\"soon\" | keep_alive must be seconds or a duration",
                "\"options\":{\"num_ctx\":100000} | num_ctx is 100000; null is loaded with a context of 4096",
                "\"options\":{\"num_ctx\":10} | the context of null holds 10",
                "\"options\":{\"temperature\":\"hot\"} | temperature must be a number",
                "\"options\":{\"mirostat\":2} | mirostat is not supported",
                "\"options\":{\"num_predct\":2} | did you mean num_predict",
                "\"top_logprobs\":3 | only for logprobs"
            })
    void refusesWithAText(String field, String message) throws Exception {
        HttpResponse<String> response = chat("," + field);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").stringValue()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"format\":\"\",\"think\":false,\"tools\":[],\"truncate\":true,\"shift\":true",
                ",\"keep_alive\":\"1h30m\"",
                ",\"keep_alive\":300",
                ",\"options\":{\"num_ctx\":2048,\"num_thread\":4,\"mirostat\":0,\"stop\":[\"x\"],\"num_predict\":3}"
            })
    void passesWhatIsHarmless(String fields) throws Exception {
        HttpResponse<String> response = chat(",\"stream\":false" + fields);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]} | 400 | model is missing",
                "{\"model\":\"other\",\"messages\":[]} | 404 | other",
                "{\"model\":\"vectors\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]} | 400 | cannot write",
                "{\"model\":\"null\",\"messages\":[{\"role\":\"me\"}]} | 400 | messages[0].role",
                "{\"model\":\"null\",\"messages\":[{\"role\":\"user\",\"images\":[\"aa\"]}]} | 400 | has images"
            })
    void refusesWhatItCannotAnswer(String body, int status, String message) throws Exception {
        HttpResponse<String> response = server.post("/api/chat", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).path("error").stringValue()).contains(message);
    }

    @Test
    void neverCutsThePrompt() throws Exception {
        String content = "x".repeat(NullModels.CONTEXT);
        HttpResponse<String> response = server.post(
                "/api/chat",
                "{\"model\":\"null\",\"truncate\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + content
                        + "\"}]}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").stringValue())
                .contains(Integer.toString(NullModels.promptTokens("user", content)))
                .contains(Integer.toString(NullModels.CONTEXT));
    }

    @Test
    void endsWhereItsOwnContextIsFull() throws Exception {
        int prompt = NullModels.promptTokens("user", "Hello");
        JsonNode answer = json(chat(",\"stream\":false,\"options\":{\"seed\":5,\"num_ctx\":" + (prompt + 3) + "}"));
        assertThat(answer.path("eval_count").intValue()).isBetween(1, 3);
    }

    @Test
    void loadsPinsAndUnloads() throws Exception {
        try (RunningServer own = RunningServer.of("null")) {
            String body = "{\"model\":\"null\",\"messages\":[],\"keep_alive\":%s}";
            JsonNode gone = json(own.post("/api/chat", body.formatted("0")));
            assertThat(gone.path("done_reason").stringValue()).isEqualTo("unload");
            waitUntilEmpty(own);
            JsonNode there = json(own.post("/api/generate", "{\"model\":\"null\",\"keep_alive\":\"10m\"}"));
            assertThat(there.path("done_reason").stringValue()).isEqualTo("load");
            assertThat(there.path("done").booleanValue()).isTrue();
            while (hosted(own, "null").leases() > 0) { // it is given back when the answer has gone
                Thread.sleep(5);
            }
            assertThat(hosted(own, "null").expiresIn().orElseThrow())
                    .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
            own.post("/api/chat", body.formatted("-1"));
            assertThat(hosted(own, "null").pinned()).isTrue();
            JsonNode loaded = json(own.get("/api/ps")).path("models").get(0);
            assertThat(Instant.parse(loaded.path("expires_at").stringValue()))
                    .isAfter(Instant.now().plus(Duration.ofDays(365)));
            assertThat(loaded.path("context_length").intValue()).isEqualTo(NullModels.CONTEXT);
            own.post("/api/chat", body.formatted("\"0s\""));
            waitUntilEmpty(own);
            assertThat(json(own.get("/api/ps")).path("models").isEmpty()).isTrue();
        }
    }

    private static void waitUntilEmpty(RunningServer own) throws InterruptedException {
        while (!own.host.list().isEmpty()) { // it is unloaded when the answer has gone
            Thread.sleep(5);
        }
    }

    @Test
    void tellsAFailureAmidTheLines() throws Exception {
        try (RunningServer mortal = RunningServer.of("slow");
                RawClient client = new RawClient(mortal.server.uri())) {
            client.post("/api/generate", SLOWLY, "Connection: close");
            client.readUntil("\"done\":false}");
            assertThat(mortal.server.drain(Duration.ofMillis(50))).isFalse();
            assertThat(client.readAll())
                    .contains("{\"error\":\"The server was shut down")
                    .doesNotContain("done_reason");
        }
    }

    @Test
    void cancelsForAClientThatLeaves() throws Exception {
        try (RunningServer own = RunningServer.of("slow");
                RawClient client = new RawClient(own.server.uri())) {
            client.post("/api/generate", SLOWLY);
            client.readUntil("\"done\":false}");
            client.vanish();
            while (hosted(own, "slow").leases() > 0) {
                Thread.sleep(5);
            }
        }
    }

    @Test
    void embedsSeveralTextsAndOne() throws Exception {
        HttpResponse<String> response = server.post(
                "/api/embed", "{\"model\":\"vectors\",\"input\":[\"one\",\"another\"],\"keep_alive\":\"5m\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode body = json(response);
        assertThat(body.path("embeddings").size()).isEqualTo(2);
        assertThat(length(body.path("embeddings").get(1))).isCloseTo(1, within(1e-5));
        assertThat(body.path("prompt_eval_count").intValue()).isEqualTo(10);
        JsonNode one = json(server.post("/api/embed", "{\"model\":\"vectors\",\"input\":\"one\"}"));
        assertThat(one.path("embeddings").get(0))
                .isEqualTo(body.path("embeddings").get(0));
        JsonNode older = json(server.post("/api/embeddings", "{\"model\":\"vectors\",\"prompt\":\"one\"}"));
        assertThat(older.path("embedding").size())
                .isEqualTo(one.path("embeddings").get(0).size());
        JsonNode none = json(server.post("/api/embed", "{\"model\":\"vectors\"}"));
        assertThat(none.path("embeddings").isArray()).isTrue();
    }

    private static double length(JsonNode vector) {
        return Math.sqrt(vector.valueStream()
                .mapToDouble(number -> number.doubleValue() * number.doubleValue())
                .sum());
    }

    @Test
    void cutsNoTextUnlessAsked() throws Exception {
        String text = "x".repeat(NullModels.CONTEXT + 1);
        String body = "{\"model\":\"vectors\",\"input\":\"" + text + "\"%s}";
        HttpResponse<String> refused = server.post("/api/embed", body.formatted(""));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).path("error").stringValue()).contains(Integer.toString(NullModels.CONTEXT));
        JsonNode cut = json(server.post("/api/embed", body.formatted(",\"truncate\":true,\"dimensions\":1")));
        assertThat(cut.path("prompt_eval_count").intValue()).isEqualTo(NullModels.CONTEXT);
        assertThat(Math.abs(cut.path("embeddings").get(0).get(0).doubleValue())).isCloseTo(1, within(1e-6));
    }

    @Test
    void tellsWhatIsThere() throws Exception {
        assertThat(server.get("/").body()).isEqualTo("Ollama is running");
        JsonNode version = json(server.get("/api/version"));
        assertThat(version.path("smelt").stringValue()).isEqualTo("0.0-test");
        // as clients compare it: three numbers, 0.6.5 at least
        assertThat(version.path("version").stringValue()).matches("\\d+\\.\\d+\\.\\d+");
        int[] numbers = Stream.of(version.path("version").stringValue().split("\\."))
                .mapToInt(Integer::parseInt)
                .toArray();
        assertThat(Arrays.compare(numbers, new int[] {0, 6, 5})).isNotNegative();
        JsonNode tag = json(server.get("/api/tags")).path("models").get(0);
        assertThat(tag.path("name").stringValue()).isEqualTo("null");
        assertThat(tag.path("model").stringValue()).isEqualTo("null");
        assertThat(tag.path("digest").stringValue()).hasSize(64);
        assertThat(tag.path("details").path("family").stringValue()).isEqualTo("null");
        assertThat(Instant.parse(tag.path("modified_at").stringValue())).isBefore(Instant.now());
        JsonNode shown = json(server.post("/api/show", "{\"model\":\"null:latest\"}"));
        assertThat(shown.path("capabilities").get(0).stringValue()).isEqualTo("completion");
        assertThat(shown.path("model_info").path("null.context_length").intValue())
                .isEqualTo(NullModels.CONTEXT);
        JsonNode vectors = json(server.post("/api/show", "{\"name\":\"vectors\"}"));
        assertThat(vectors.path("capabilities").get(0).stringValue()).isEqualTo("embedding");
        assertThat(server.post("/api/show", "{\"model\":\"other\"}").statusCode())
                .isEqualTo(404);
    }

    /** Its command line says name, with an empty model beside it, and looks for "not found". */
    @Test
    void readsWhatItsCommandLineSends() throws Exception {
        String show = "{\"model\":\"\",\"name\":\"%s\",\"system\":\"\",\"template\":\"\",\"verbose\":false,"
                + "\"options\":null}";
        JsonNode shown = json(server.post("/api/show", show.formatted("null")));
        assertThat(shown.path("capabilities").get(0).stringValue()).isEqualTo("completion");
        HttpResponse<String> other = server.post("/api/show", show.formatted("other"));
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(json(other).path("error").stringValue()).contains("'other' was not found");
    }

    @Test
    void continuesAnAnswerThatHasBegun() throws Exception {
        JsonNode answer = json(server.post(
                "/api/chat",
                "{\"model\":\"null\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"},"
                        + "{\"role\":\"assistant\",\"content\":\"Hi\"}],\"stream\":false" + FEW + "}"));
        assertThat(answer.path("prompt_eval_count").intValue()).isEqualTo("[user]Hello[assistant]Hi".length());
    }

    @Test
    void readsSettingsBesideTheOptionsToo() throws Exception {
        String beside = ",\"temperature\":0,\"top_p\":0.9,\"max_output_tokens\":3,\"tool_choice\":\"auto\","
                + "\"stream\":false";
        JsonNode answer = json(chat(beside));
        JsonNode same = json(chat(",\"options\":{\"temperature\":0,\"num_predict\":3},\"stream\":false"));
        assertThat(answer.path("eval_count").intValue()).isBetween(1, 3);
        assertThat(answer.path("message")).isEqualTo(same.path("message"));
        JsonNode shorter = json(chat(beside + ",\"options\":{\"num_predict\":1}"));
        assertThat(shorter.path("eval_count").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/push", "/api/create", "/api/copy", "/api/blobs/sha256:00", "/api/pull"})
    void saysWhatIsNotThere(String path) throws Exception {
        HttpResponse<String> response = server.post(path, "{\"model\":\"smollm2\"}");
        assertThat(response.statusCode()).isEqualTo(501);
        assertThat(json(response).path("error").isString()).isTrue();
    }
}
