package smelt.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.events;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.server.NullModels;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;

/** Guards server/: OpenAI's responses over HTTP, on models without weights. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ResponsesTest {
    private static final String FIELDS = "\"seed\":7,\"max_output_tokens\":12,\"ignore_eos\":true";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null", "echo");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode answer(String fields) throws Exception {
        HttpResponse<String> response = server.post("/v1/responses", "{" + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static String text(JsonNode response) {
        return response.path("output")
                .get(0)
                .path("content")
                .get(0)
                .path("text")
                .stringValue();
    }

    @Test
    void answersWhole() throws Exception {
        JsonNode body = answer(FIELDS + ",\"input\":\"Hello\",\"metadata\":{\"a\":\"b\"},\"store\":false");
        assertThat(body.path("id").stringValue()).startsWith("resp_");
        assertThat(body.path("object").stringValue()).isEqualTo("response");
        assertThat(body.has("error")).isFalse();
        assertThat(body.path("status").stringValue()).isEqualTo("incomplete");
        assertThat(body.path("incomplete_details").path("reason").stringValue()).isEqualTo("max_output_tokens");
        assertThat(body.path("metadata").path("a").stringValue()).isEqualTo("b");
        assertThat(body.path("tools").isArray()).isTrue();
        assertThat(body.path("usage").path("input_tokens").intValue())
                .isEqualTo(NullModels.promptTokens("user", "Hello"));
        assertThat(body.path("usage").path("output_tokens").intValue()).isEqualTo(12);
        JsonNode item = body.path("output").get(0);
        assertThat(item.path("type").stringValue()).isEqualTo("message");
        assertThat(item.path("role").stringValue()).isEqualTo("assistant");
        assertThat(item.path("status").stringValue()).isEqualTo("incomplete");
        assertThat(item.path("content").get(0).path("type").stringValue()).isEqualTo("output_text");
        assertThat(answer("\"input\":\"Hello\",\"seed\":7,\"stop_token_ids\":[" + ids() + "]")
                        .path("status")
                        .stringValue())
                .isEqualTo("completed");
    }

    private static String ids() {
        StringBuilder ids = new StringBuilder("0");
        for (int id = 1; id < NullModels.END; id++) {
            ids.append(',').append(id);
        }
        return ids.toString();
    }

    @Test
    void readsItemsAsAChat() throws Exception {
        String chat = json(server.post(
                        "/v1/chat/completions",
                        "{\"seed\":7,\"max_tokens\":12,\"ignore_eos\":true,\"messages\":["
                                + "{\"role\":\"system\",\"content\":\"Be brief\"},"
                                + "{\"role\":\"user\",\"content\":\"a\"},"
                                + "{\"role\":\"assistant\",\"content\":\"b\"},"
                                + "{\"role\":\"user\",\"content\":\"c\"}]}"))
                .path("choices")
                .get(0)
                .path("message")
                .path("content")
                .stringValue();
        String items = "[{\"role\":\"user\",\"content\":\"a\"},{\"type\":\"reasoning\",\"summary\":[]},"
                + "{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\",\"status\":\"completed\","
                + "\"content\":[{\"type\":\"output_text\",\"text\":\"b\",\"annotations\":[]}]},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"c\"}]}]";
        String fields = "\"instructions\":\"Be brief\",\"input\":" + items;
        JsonNode body = answer(FIELDS + "," + fields);
        assertThat(text(body)).isEqualTo(chat);
        assertThat(json(server.post("/v1/responses/input_tokens", "{" + fields + "}")))
                .isEqualTo(RunningServer.JSON.readTree("{\"object\":\"response.input_tokens\",\"input_tokens\":"
                        + body.path("usage").path("input_tokens") + "}"));
        answer(FIELDS
                + ",\"input\":[{\"type\":\"function_call\",\"call_id\":\"1\",\"name\":\"f\",\"arguments\":\"{}\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"1\",\"output\":\"2\"}]");
    }

    @Test
    void streamsTheSameAsItAnswersWhole() throws Exception {
        String fields = FIELDS + ",\"input\":\"Hello\",\"top_logprobs\":2";
        JsonNode whole = answer(fields);
        HttpResponse<String> streamed = server.post("/v1/responses", "{" + fields + ",\"stream\":true}");
        List<JsonNode> events = events(streamed);
        assertThat(streamed.body()).doesNotContain("[DONE]");
        assertThat(streamed.body()
                        .lines()
                        .filter(line -> line.startsWith("event: "))
                        .map(line -> line.substring(7)))
                .isEqualTo(events.stream()
                        .map(event -> event.path("type").stringValue())
                        .toList());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).path("sequence_number").intValue()).isEqualTo(i);
            text.append(events.get(i).path("delta").asString(""));
        }
        assertThat(events.stream()
                        .map(event -> event.path("type").stringValue())
                        .distinct())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.incomplete");
        assertThat(text.toString()).isEqualTo(text(whole));
        JsonNode last = events.getLast().path("response");
        assertThat(last.path("output").get(0).path("content"))
                .isEqualTo(whole.path("output").get(0).path("content"));
        assertThat(last.path("output").get(0).path("content").get(0).path("logprobs"))
                .isNotEmpty();
        assertThat(last.path("usage").path("total_tokens"))
                .isEqualTo(whole.path("usage").path("total_tokens"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"model\":\"null\" | input | missing_required_parameter",
                "\"input\":5 | input | invalid_value",
                "\"input\":[] | input | invalid_value",
                "\"input\":\"a\",\"store\":true | store | unsupported_parameter",
                "\"input\":\"a\",\"previous_response_id\":\"resp_1\" | previous_response_id | unsupported_parameter",
                "\"input\":\"a\",\"background\":true | background | unsupported_parameter",
                "\"messages\":[] | messages | unsupported_parameter",
                "\"input\":\"a\",\"max_tokens\":5 | max_tokens | unsupported_parameter",
                "\"input\":\"a\",\"truncation\":\"auto\" | truncation | unsupported_parameter",
                "\"input\":\"a\",\"text\":{\"format\":{\"type\":\"xml\"}} | text.format | invalid_value",
                "\"input\":\"a\",\"tools\":[{\"type\":\"web_search\"}] | tools[0].type | unsupported_parameter",
                "\"input\":\"a\",\"include\":[\"file_search_call.results\"] | include | unsupported_parameter",
                "\"input\":[{\"type\":\"item_reference\",\"id\":\"a\"}] | input[0] | unsupported_parameter",
                "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"x\"}]}] "
                        + "| input[0].content[0] | unsupported_parameter",
                "\"input\":[{\"role\":\"nobody\",\"content\":\"a\"}] | input[0].role | invalid_value",
            })
    void namesTheFieldThatIsWrong(String fields, String param, String code) throws Exception {
        HttpResponse<String> response = server.post("/v1/responses", "{" + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").path("param").asString("-")).isEqualTo(param);
        assertThat(json(response).path("error").path("code").stringValue()).isEqualTo(code);
    }

    @Test
    void answersWithItemsOfEveryKind() throws Exception {
        String says = "<think>Hm.</think>Well.<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\":1}}\n</tool_call>";
        String fields = "\"model\":\"echo\",\"temperature\":0,\"tools\":[{\"type\":\"function\",\"name\":\"add\","
                + "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}}],\"input\":"
                + RunningServer.JSON.writeValueAsString(says);
        JsonNode whole = answer(fields);
        assertThat(whole.path("status").stringValue()).isEqualTo("completed");
        assertThat(whole.path("output")
                        .valueStream()
                        .map(item -> item.path("type").stringValue()))
                .containsExactly("reasoning", "message", "function_call");
        JsonNode call = whole.path("output").get(2);
        assertThat(call.path("name").stringValue()).isEqualTo("add");
        assertThat(call.path("arguments").stringValue()).isEqualTo("{\"a\":1}");
        assertThat(call.path("call_id").stringValue()).startsWith("call_");
        assertThat(whole.path("tools")).hasSize(1);
        List<JsonNode> events = events(server.post("/v1/responses", "{" + fields + ",\"stream\":true}"));
        assertThat(events.stream()
                        .map(event -> event.path("type").stringValue())
                        .distinct())
                .containsSubsequence(
                        "response.reasoning_text.delta",
                        "response.reasoning_text.done",
                        "response.output_text.delta",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.completed");
        JsonNode output = events.getLast().path("response").path("output");
        for (int i = 0; i < 3; i++) {
            for (String name : List.of("type", "status", "name", "arguments")) {
                assertThat(output.get(i).path(name))
                        .isEqualTo(whole.path("output").get(i).path(name));
            }
        }
        assertThat(output.get(1).path("content"))
                .isEqualTo(whole.path("output").get(1).path("content"));
        assertThat(output.get(0).path("content").get(0).path("text").stringValue())
                .isEqualTo("Hm.");
    }
}
