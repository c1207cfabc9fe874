package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Guards server/: a model that writes letters by chance answers in the shape that was asked for, in every interface.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConstrainedAnswersTest {
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"unit\":{\"enum\":[\"c\",\"f\"]},"
            + "\"days\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":99}},\"required\":[\"unit\",\"days\"],"
            + "\"additionalProperties\":false}";
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":" + SCHEMA
                    + "}},{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("null");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode post(String path, String fields) throws Exception {
        HttpResponse<String> response = server.post(path, "{\"model\":\"null\"," + HELLO + "," + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static void isWeather(JsonNode arguments) {
        assertThat(arguments.propertyNames()).containsExactlyInAnyOrder("unit", "days");
        assertThat(arguments.path("unit").stringValue()).isIn("c", "f");
        assertThat(arguments.path("days").intValue()).isBetween(0, 99);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void callsWhatIsRequired(long seed) throws Exception {
        String fields = "\"seed\":" + seed + "," + TOOLS;
        for (String choice : Set.of("\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}")) {
            JsonNode answer = post("/v1/chat/completions", fields + ",\"tool_choice\":" + choice)
                    .path("choices")
                    .get(0);
            assertThat(answer.path("finish_reason").stringValue()).isEqualTo("tool_calls");
            assertThat(answer.path("message").path("content").isNull()).isTrue();
            assertThat(answer.path("message").path("tool_calls")).hasSize(1);
            JsonNode function = answer.path("message").path("tool_calls").get(0).path("function");
            String arguments = function.path("arguments").stringValue();
            if (function.path("name").stringValue().equals("weather")) {
                isWeather(RunningServer.JSON.readTree(arguments));
            } else {
                assertThat(choice).isEqualTo("\"required\"");
                assertThat(arguments).isEqualTo("{}");
            }
        }
    }

    @Test
    void usesToolsAsAnthropicAsks() throws Exception {
        JsonNode answer = post(
                "/v1/messages",
                "\"max_tokens\":500,\"seed\":5,\"stop_sequences\":[\"never there\"],\"tool_choice\":{\"type\":\"any\"},"
                        + "\"tools\":[{\"name\":\"weather\",\"input_schema\":" + SCHEMA + "}]");
        assertThat(answer.path("stop_reason").stringValue()).isEqualTo("tool_use");
        assertThat(answer.path("stop_sequence").isNull()).isTrue();
        isWeather(answer.path("content").get(0).path("input"));
        JsonNode shaped = post(
                "/v1/messages",
                "\"max_tokens\":500,\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":" + SCHEMA
                        + "}}");
        assertThat(shaped.path("stop_reason").stringValue()).isEqualTo("end_turn");
        isWeather(RunningServer.JSON.readTree(
                shaped.path("content").get(0).path("text").stringValue()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/chat/completions | \"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\","
                        + "\"schema\":$}} | /choices/0/message/content",
                "/v1/chat/completions | \"json_schema\":$ | /choices/0/message/content",
                "/v1/chat/completions | \"structured_outputs\":{\"json\":$} | /choices/0/message/content",
                "/v1/chat/completions | \"guided_json\":$ | /choices/0/message/content",
                "/api/chat | \"stream\":false,\"format\":$ | /message/content",
            })
    void keepsToASchema(String path, String field, String place) throws Exception {
        JsonNode answer = post(path, field.replace("$", SCHEMA));
        isWeather(RunningServer.JSON.readTree(answer.at(place).stringValue()));
    }

    @Test
    void keepsToASchemaInAResponseAndACompletion() throws Exception {
        HttpResponse<String> response = server.post(
                "/v1/responses",
                "{\"input\":\"Hello\",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"a\",\"schema\":"
                        + SCHEMA + "}}}");
        isWeather(RunningServer.JSON.readTree(
                json(response).at("/output/0/content/0/text").stringValue()));
        HttpResponse<String> text =
                server.post("/v1/completions", "{\"prompt\":\"a\",\"max_tokens\":500,\"json_schema\":" + SCHEMA + "}");
        isWeather(RunningServer.JSON.readTree(json(text).at("/choices/0/text").stringValue()));
    }

    @Test
    void keepsToPatternsChoicesAndGrammars() throws Exception {
        for (String wanted : Set.of(
                "\"structured_outputs\":{\"regex\":\"(red|blue)\"}",
                "\"structured_outputs\":{\"choice\":[\"red\",\"blue\"]}",
                "\"guided_choice\":[\"red\",\"blue\"]",
                "\"grammar\":\"root ::= \\\"red\\\" | \\\"blue\\\"\"")) {
            JsonNode choice =
                    post("/v1/chat/completions", wanted).path("choices").get(0);
            assertThat(choice.at("/message/content").stringValue()).as(wanted).isIn("red", "blue");
            assertThat(choice.path("finish_reason").stringValue()).isEqualTo("stop");
        }
    }

    @Test
    void streamsTheSameText() throws Exception {
        String fields =
                "\"seed\":8,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":"
                        + SCHEMA + "}}";
        String whole = post("/v1/chat/completions", fields)
                .at("/choices/0/message/content")
                .stringValue();
        HttpResponse<String> streamed =
                server.post("/v1/chat/completions", "{\"stream\":true," + HELLO + "," + fields + "}");
        assertThat(RunningServer.events(streamed).stream()
                        .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                        .collect(Collectors.joining()))
                .isEqualTo(whole);
    }

    @Test
    void namesTheToolThatCannotBeKeptTo() throws Exception {
        String odd = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"now\"}},"
                + "{\"type\":\"function\",\"function\":{\"name\":\"odd\",\"parameters\":"
                + "{\"type\":\"object\",\"properties\":{\"a\":"
                + "{\"not\":{\"type\":\"string\"}}}}}}]";
        HttpResponse<String> response = server.post("/v1/chat/completions", "{" + HELLO + "," + odd + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = json(response).path("error");
        assertThat(error.path("code").stringValue()).isEqualTo("unsupported_schema");
        assertThat(error.path("param").stringValue()).isEqualTo("tools[1].function.parameters");
        assertThat(error.path("message").stringValue()).contains("odd", "not");
    }
}
