package smelt.server.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.events;
import static smelt.server.RunningServer.json;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.NullModels;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;

/** Guards server/: Anthropic's messages over HTTP, on models without weights. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MessagesTest {
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null", "slow", "bare", "vectors");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> send(String fields) throws Exception {
        return server.post("/v1/messages", "{" + fields + "}", "anthropic-version", "2023-06-01", "x-api-key", "any");
    }

    private static String typesOf(HttpResponse<String> streamed) {
        return streamed.body()
                .lines()
                .filter(line -> line.startsWith("event: "))
                .map(line -> line.substring(7))
                .distinct()
                .collect(Collectors.joining(" "));
    }

    @Test
    void answersWhole() throws Exception {
        HttpResponse<String> response = send(HELLO + ",\"model\":\"null\",\"max_tokens\":8,\"seed\":3");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("request-id"))
                .isEqualTo(response.headers().firstValue("x-request-id"))
                .isPresent();
        JsonNode body = json(response);
        assertThat(body.path("id").stringValue()).startsWith("msg_");
        assertThat(body.path("type").stringValue()).isEqualTo("message");
        assertThat(body.path("role").stringValue()).isEqualTo("assistant");
        assertThat(body.path("model").stringValue()).isEqualTo("null");
        assertThat(body.path("content").get(0).path("type").stringValue()).isEqualTo("text");
        assertThat(body.path("stop_reason").stringValue()).isIn("max_tokens", "end_turn");
        assertThat(body.path("stop_sequence").isNull()).isTrue();
        JsonNode usage = body.path("usage");
        assertThat(usage.path("input_tokens").intValue()
                        + usage.path("cache_read_input_tokens").intValue())
                .isEqualTo(NullModels.promptTokens("user", "Hello"));
        assertThat(usage.path("output_tokens").intValue()).isBetween(1, 8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",\"stop_sequences\":[\"q\",\"e\",\"x\"]", ",\"temperature\":0,\"top_k\":5,\"top_p\":0.5"})
    void streamsTheSameAsItAnswersWhole(String more) throws Exception {
        String fields = HELLO + ",\"max_tokens\":40,\"seed\":11" + more;
        JsonNode whole = json(send(fields));
        HttpResponse<String> streamed = send(fields + ",\"stream\":true");
        assertThat(streamed.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        List<JsonNode> events = events(streamed);
        assertThat(typesOf(streamed))
                .isEqualTo("message_start content_block_start ping content_block_delta content_block_stop"
                        + " message_delta message_stop");
        JsonNode start = events.getFirst().path("message");
        assertThat(start.path("stop_reason").isNull()).isTrue();
        assertThat(start.path("content").isEmpty()).isTrue();
        assertThat(start.path("usage").path("input_tokens").intValue())
                .isEqualTo(NullModels.promptTokens("user", "Hello"));
        String text = events.stream()
                .map(event -> event.path("delta").path("text").asString(""))
                .collect(Collectors.joining());
        assertThat(text).isEqualTo(whole.path("content").get(0).path("text").stringValue());
        JsonNode last = events.get(events.size() - 2);
        assertThat(last.path("delta").path("stop_reason")).isEqualTo(whole.path("stop_reason"));
        assertThat(last.path("delta").path("stop_sequence")).isEqualTo(whole.path("stop_sequence"));
        assertThat(last.path("usage").path("output_tokens"))
                .isEqualTo(whole.path("usage").path("output_tokens"));
    }

    @Test
    void saysWhichStopSequenceItWas() throws Exception {
        String plain = json(send(HELLO + ",\"max_tokens\":40,\"seed\":11"))
                .path("content")
                .get(0)
                .path("text")
                .stringValue();
        String stop = plain.substring(5, 7);
        String other = plain.substring(20, 23);
        String stops = RunningServer.JSON.writeValueAsString(List.of(other, stop, "never there"));
        JsonNode body = json(send(HELLO + ",\"max_tokens\":40,\"seed\":11,\"stop_sequences\":" + stops));
        assertThat(body.path("stop_reason").stringValue()).isEqualTo("stop_sequence");
        assertThat(body.path("stop_sequence").stringValue()).isEqualTo(stop);
        assertThat(body.path("content").get(0).path("text").stringValue())
                .isEqualTo(plain.substring(0, plain.indexOf(stop)));
    }

    @Test
    void readsBlocksAndSystem() throws Exception {
        String blocks = "[{\"type\":\"text\",\"text\":\"Hel\",\"cache_control\":{\"type\":\"ephemeral\"}},"
                + "{\"type\":\"text\",\"text\":\"lo\"}]";
        String system = "\"system\":[{\"type\":\"text\",\"text\":\"Be\"},{\"type\":\"text\",\"text\":\" brief\"}]";
        HttpResponse<String> counted = server.post(
                "/v1/messages/count_tokens",
                "{" + system + ",\"messages\":[{\"role\":\"user\",\"content\":" + blocks + "}]}");
        assertThat(counted.statusCode()).as(counted.body()).isEqualTo(200);
        assertThat(json(counted).path("input_tokens").intValue())
                .isEqualTo("[system]Be brief".length() + NullModels.promptTokens("user", "Hello"));
        HttpResponse<String> plain =
                server.post("/v1/messages/count_tokens", "{\"system\":\"Be brief\"," + HELLO + ",\"model\":\"null\"}");
        assertThat(json(plain)).isEqualTo(json(counted));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"temperature\":\"warm\" | temperature must be a number",
                "\"max_tokens\":0 | max_tokens must be 1 or more",
                "\"stop_sequences\":5 | stop_sequences must be",
                "\"temprature\":1 | did you mean temperature",
                "\"tools\":[{\"name\":\"f g\",\"input_schema\":{}}] | tools.0.name must be 1 to 128",
                "\"tools\":[{\"type\":\"bash_20250124\",\"name\":\"bash\"}] | is of type bash_20250124",
                "\"tool_choice\":{\"type\":\"any\"} | tool_choice is any, and there are no tools",
                "\"tool_choice\":{\"type\":\"tool\",\"name\":\"g\"} | tool_choice names g, which is no tool",
                "\"tool_choice\":{\"type\":\"tool\"} | tool_choice.name must be the name of a tool",
                "\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"array\"}}]"
                        + " | tools.0.input_schema.type must be object",
                "\"thinking\":{\"type\":\"sometimes\"} | thinking.type must be",
                "\"output_config\":{\"format\":{\"type\":\"json_schema\"}} | output_config.format.schema must be",
                "\"system\":[{\"type\":\"image\"}] | system.0 is of type \"image\"",
                "\"system\":7 | system must be a string or an array of blocks"
            })
    void refusesInItsOwnShape(String field, String message) throws Exception {
        String tokens = field.contains("max_tokens") ? "" : ",\"max_tokens\":4";
        HttpResponse<String> response = send(HELLO + tokens + "," + field);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode body = json(response);
        assertThat(body.path("type").stringValue()).isEqualTo("error");
        assertThat(body.path("error").path("type").stringValue()).isEqualTo("invalid_request_error");
        assertThat(body.path("error").path("message").stringValue()).contains(message);
        assertThat(response.headers().firstValue("request-id")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"max_tokens\":4 | messages is missing",
                "\"max_tokens\":4,\"messages\":[] | at least one message",
                "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}] | max_tokens is missing",
                "\"max_tokens\":4,\"messages\":[{\"role\":\"tool\",\"content\":\"a\"}] | messages.0.role must be",
                "\"max_tokens\":4,\"messages\":[{\"role\":\"user\"}] | messages.0.content must be",
                "\"max_tokens\":4,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\"}]}]"
                        + " | messages.0.content.0 is of type \"image\"",
                "\"max_tokens\":4,\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\","
                        + "\"id\":\"t\",\"name\":\"f\",\"input\":{}}]}] | whose tool_result is missing"
            })
    void refusesMessages(String fields, String message) throws Exception {
        HttpResponse<String> response = send(fields);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").path("message").stringValue()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"tools\":[],\"tool_choice\":{\"type\":\"auto\"},\"thinking\":{\"type\":\"disabled\"}",
                ",\"metadata\":{\"user_id\":\"me\"},\"service_tier\":\"auto\"",
                ",\"cache_control\":{\"type\":\"ephemeral\"}",
                ",\"output_config\":{\"effort\":\"low\"},\"stop_sequences\":null",
                ",\"fallbacks\":\"default\",\"billing_policy\":{\"type\":\"billing_policy\"}",
                ",\"system\":\"assistant\""
            })
    void passesWhatAsksForNothing(String fields) throws Exception {
        HttpResponse<String> response = send(HELLO + ",\"max_tokens\":2" + fields);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"other,404,not_found_error", "bare,400,invalid_request_error", "vectors,400,invalid_request_error"})
    void saysWhatAModelCannotDo(String model, int status, String type) throws Exception {
        HttpResponse<String> response = send(HELLO + ",\"max_tokens\":4,\"model\":\"" + model + "\"");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).path("error").path("type").stringValue()).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hi", "e", ""})
    void continuesAnAnswerThatHasBegun(String begun) throws Exception {
        String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"},"
                + "{\"role\":\"assistant\",\"content\":\"" + begun + "\"}]";
        int prompt = ("[user]Hello[assistant]" + begun).length();
        JsonNode usage = json(send(messages + ",\"max_tokens\":2")).path("usage");
        assertThat(usage.path("input_tokens").intValue()
                        + usage.path("cache_read_input_tokens").intValue())
                .isEqualTo(prompt);
        JsonNode counted = json(server.post("/v1/messages/count_tokens", "{" + messages + "}"));
        assertThat(counted.path("input_tokens").intValue()).isEqualTo(prompt);
    }

    /** Its tool runners look for the code, and go on without threads. */
    @Test
    void hasNoThreads() throws Exception {
        HttpResponse<String> response = send(HELLO + ",\"max_tokens\":4,\"thread\":{\"type\":\"create\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").path("details").path("error_code"))
                .isEqualTo(RunningServer.JSON.readTree("\"thread_unsupported_request\""));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/messages/batches, 501",
        "POST, /v1/messages/batches, 501",
        "POST, /v1/messages/batches/a/cancel, 501",
        "GET, /v1/messages/batches/a/results, 501",
        "DELETE, /v1/messages/batches/a, 501",
        "GET, /v1/messages, 405",
        "POST, /v1/messages/none, 404"
    })
    void tellsTheRequestOfWhatIsNotThere(String method, String path, int status) throws Exception {
        HttpResponse<String> response = server.send(HttpRequest.newBuilder(server.uri(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).path("type").stringValue()).isEqualTo("error");
        assertThat(response.headers().firstValue("request-id")).isPresent();
        assertThat(response.headers().firstValue("x-should-retry").isPresent()).isEqualTo(status == 501);
    }

    @Test
    void neverCutsThePrompt() throws Exception {
        String content = "x".repeat(NullModels.CONTEXT);
        HttpResponse<String> response =
                send("\"max_tokens\":4,\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").path("message").stringValue())
                .contains(Integer.toString(NullModels.promptTokens("user", content)))
                .contains(Integer.toString(NullModels.CONTEXT));
    }

    @Test
    void tellsAFailureAmidAStreamInItsOwnShape() throws Exception {
        try (RunningServer mortal = RunningServer.of("slow")) {
            CompletableFuture<HttpResponse<String>> streamed = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    streamed.complete(
                            mortal.post("/v1/messages", "{" + HELLO + ",\"max_tokens\":2000,\"stream\":true}"));
                } catch (Exception e) {
                    streamed.completeExceptionally(e);
                }
            });
            mortal.awaitTokens("slow", 10);
            assertThat(mortal.server.drain(Duration.ofMillis(50))).isFalse();
            JsonNode last = events(streamed.get()).getLast();
            assertThat(streamed.get().body()).contains("event: error\n").doesNotContain("message_stop");
            assertThat(last.path("type").stringValue()).isEqualTo("error");
            assertThat(last.path("error").path("type").stringValue()).isEqualTo("overloaded_error");
        }
    }
}
