package smelt.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.events;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Guards server/: tools, thoughts and shapes of answers in OpenAI's interface, on a model that repeats its user. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ToolsTest {
    static final String TOOLS = """
            [{"type":"function","function":{"name":"add","description":"Adds","parameters":{"type":"object",
              "properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"],
              "additionalProperties":false}}},
             {"type":"function","function":{"name":"now"}}]
            """;
    private static final String CALLS =
            "Sure.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\":1,\"b\":23}}\n</tool_call>\n"
                    + "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";

    @AutoClose
    private static final RunningServer server = RunningServer.of("echo", "null");

    private static HttpResponse<String> chat(String says, String fields) throws Exception {
        ObjectNode body = (ObjectNode) RunningServer.JSON.readTree("{\"temperature\":0" + fields + "}");
        body.putArray("messages").addObject().put("role", "user").put("content", says);
        return server.post("/v1/chat/completions", body.toString());
    }

    private static JsonNode choice(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).path("choices").get(0);
    }

    @Test
    void tellsCallsWhole() throws Exception {
        JsonNode choice = choice(chat(CALLS, ",\"tools\":" + TOOLS));
        assertThat(choice.path("finish_reason").stringValue()).isEqualTo("tool_calls");
        JsonNode message = choice.path("message");
        assertThat(message.path("content").stringValue()).isEqualTo("Sure.");
        assertThat(message.path("tool_calls")).hasSize(2);
        JsonNode call = message.path("tool_calls").get(0);
        assertThat(call.path("id").stringValue()).startsWith("call_");
        assertThat(call.path("type").stringValue()).isEqualTo("function");
        assertThat(call.path("function").path("name").stringValue()).isEqualTo("add");
        assertThat(call.path("function").path("arguments").stringValue()).isEqualTo("{\"a\":1,\"b\":23}");
        assertThat(message.path("tool_calls")
                        .get(1)
                        .path("function")
                        .path("arguments")
                        .stringValue())
                .isEqualTo("{}");
    }

    @Test
    void streamsTheSameCalls() throws Exception {
        HttpResponse<String> streamed = chat(CALLS, ",\"stream\":true,\"tools\":" + TOOLS);
        assertThat(streamed.body()).endsWith("data: [DONE]\n\n");
        StringBuilder content = new StringBuilder();
        StringBuilder[] arguments = {new StringBuilder(), new StringBuilder()};
        int[] ids = {0, 0};
        for (JsonNode chunk : events(streamed)) {
            JsonNode delta = chunk.path("choices").get(0).path("delta");
            content.append(delta.path("content").asString(""));
            for (JsonNode call : delta.path("tool_calls")) {
                int index = call.path("index").intValue();
                arguments[index].append(call.path("function").path("arguments").stringValue());
                if (call.has("id")) {
                    ids[index]++;
                    assertThat(call.path("type").stringValue()).isEqualTo("function");
                    assertThat(call.path("function").path("name").stringValue())
                            .isEqualTo(List.of("add", "now").get(index));
                }
            }
        }
        assertThat(content.toString()).isEqualTo("Sure.");
        assertThat(ids).containsExactly(1, 1);
        assertThat(arguments[0].toString()).isEqualTo("{\"a\":1,\"b\":23}");
        assertThat(arguments[1].toString()).isEqualTo("{}");
        JsonNode last = events(streamed).getLast().path("choices").get(0);
        assertThat(last.path("finish_reason").stringValue()).isEqualTo("tool_calls");
        assertThat(last.path("delta").isEmpty()).isTrue();
    }

    @Test
    void leavesCallsAsTextWithoutTools() throws Exception {
        for (String fields : List.of("", ",\"tool_choice\":\"none\",\"tools\":" + TOOLS)) {
            JsonNode choice = choice(chat(CALLS, fields));
            assertThat(choice.path("message").path("content").stringValue()).isEqualTo(CALLS);
            assertThat(choice.path("finish_reason").stringValue()).isEqualTo("stop");
        }
    }

    @Test
    void answersOlderFunctions() throws Exception {
        String functions = ",\"functions\":[{\"name\":\"now\"}],\"function_call\":\"auto\"";
        String says = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
        JsonNode choice = choice(chat(says, functions));
        assertThat(choice.path("finish_reason").stringValue()).isEqualTo("function_call");
        assertThat(choice.path("message").path("function_call").path("name").stringValue())
                .isEqualTo("now");
        assertThat(choice.path("message").has("tool_calls")).isFalse();
    }

    @Test
    void tellsThoughtsApart() throws Exception {
        String says = "<think>\nHm, \"so\".\n</think>\n\nYes.";
        JsonNode message = choice(chat(says, "")).path("message");
        assertThat(message.path("reasoning_content").stringValue()).isEqualTo("Hm, \"so\".");
        assertThat(message.path("content").stringValue()).isEqualTo("Yes.");
        List<JsonNode> chunks = events(chat(says, ",\"stream\":true"));
        assertThat(joined(chunks, "reasoning_content")).isEqualTo("Hm, \"so\".");
        assertThat(joined(chunks, "content")).isEqualTo("Yes.");
        assertThat(choice(chat(says, ",\"include_reasoning\":false"))
                        .path("message")
                        .has("reasoning_content"))
                .isFalse();
        assertThat(choice(chat(says, ",\"reasoning_format\":\"none\""))
                        .path("message")
                        .path("content")
                        .stringValue())
                .isEqualTo(says);
    }

    private static String joined(List<JsonNode> chunks, String name) {
        return chunks.stream()
                .map(chunk ->
                        chunk.path("choices").get(0).path("delta").path(name).asString(""))
                .collect(Collectors.joining());
    }

    @Test
    void readsCallsAndResultsBack() throws Exception {
        String messages = """
                [{"role":"user","content":"1+2?"},
                 {"role":"assistant","content":null,"reasoning":"hm","tool_calls":[{"id":"c1","type":"function",
                  "function":{"name":"add","arguments":"{\\"a\\":1,\\"b\\":2}"}}]},
                 {"role":"tool","tool_call_id":"c1","content":"3"}]
                """;
        HttpResponse<String> own = server.post("/apply-template", "{\"messages\":" + messages + "}");
        assertThat(json(own).path("prompt").stringValue()).isEqualTo("[user]1+2?[assistant][tool]3[assistant]");
        HttpResponse<String> spelled = server.post(
                "/apply-template", "{\"model\":\"null\",\"messages\":" + messages + ",\"tools\":" + TOOLS + "}");
        assertThat(json(spelled).path("prompt").stringValue())
                .startsWith("[system]")
                .contains("\"name\":\"add\"", "\"name\":\"now\"")
                .contains("[assistant]<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\":1,\"b\":2}}\n</tool_call>")
                .endsWith("[user]<tool_response>\n3\n</tool_response>[assistant]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"tools\":[{\"type\":\"function\"}] | tools[0].function | invalid_value",
                "\"tools\":[{\"type\":\"web_search\"}] | tools[0].type | unsupported_parameter",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}] "
                        + "| tools[0].function.name | invalid_value",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"parameters\":5}}] "
                        + "| tools[0].function.parameters | invalid_value",
                "\"tool_choice\":\"required\" | tool_choice | invalid_value",
                "\"tool_choice\":\"sometimes\" | tool_choice | invalid_value",
                "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"b\"}} | tool_choice | invalid_value",
                "\"functions\":[{\"name\":\"a\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}] "
                        + "| functions | invalid_value",
                "\"response_format\":{\"type\":\"xml\"} | response_format | invalid_value",
                "\"response_format\":{\"type\":\"json_schema\"} | response_format.json_schema.schema | invalid_value",
                "\"response_format\":{\"type\":\"json_object\"},\"grammar\":\"root ::= \\\"a\\\"\" "
                        + "| grammar | invalid_value",
                "\"structured_outputs\":{} | structured_outputs | invalid_value",
                "\"structured_outputs\":{\"choice\":[]} | structured_outputs.choice | invalid_value",
                "\"structured_outputs\":{\"json\":{},\"regex\":\"a\"} | structured_outputs.regex | invalid_value",
                "\"guided_choice\":[1] | guided_choice | invalid_value",
            })
    void namesThePlaceThatIsWrong(String field, String param, String code) throws Exception {
        HttpResponse<String> response = chat("a", "," + field);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = json(response).path("error");
        assertThat(error.path("param").stringValue()).isEqualTo(param);
        assertThat(error.path("code").stringValue()).isEqualTo(code);
    }
}
