package smelt.server.anthropic;

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
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Guards server/: tools and thoughts in Anthropic's interface, on a model that repeats its user. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ToolUseTest {
    private static final String TOOLS = ",\"tools\":[{\"name\":\"add\",\"input_schema\":{\"type\":\"object\","
            + "\"properties\":{\"a\":{\"type\":\"integer\"}}}}]";
    private static final String SAYS = "<think>Hm.</think>\n\nSure.\n<tool_call>\n"
            + "{\"name\": \"add\", \"arguments\": {\"a\":12}}\n</tool_call>";

    @AutoClose
    private static final RunningServer server = RunningServer.of("echo", "null");

    private static HttpResponse<String> send(String says, String fields) throws Exception {
        ObjectNode body =
                (ObjectNode) RunningServer.JSON.readTree("{\"max_tokens\":500,\"temperature\":0" + fields + "}");
        body.putArray("messages").addObject().put("role", "user").put("content", says);
        HttpResponse<String> response = server.post("/v1/messages", body.toString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response;
    }

    @Test
    void answersInBlocks() throws Exception {
        JsonNode body = json(send(SAYS, TOOLS));
        assertThat(body.path("stop_reason").stringValue()).isEqualTo("tool_use");
        assertThat(body.path("content")
                        .valueStream()
                        .map(block -> block.path("type").stringValue()))
                .containsExactly("thinking", "text", "tool_use");
        assertThat(body.path("content").get(0).path("thinking").stringValue()).isEqualTo("Hm.");
        assertThat(body.path("content").get(1).path("text").stringValue()).isEqualTo("Sure.");
        JsonNode call = body.path("content").get(2);
        assertThat(call.path("id").stringValue()).startsWith("toolu_");
        assertThat(call.path("name").stringValue()).isEqualTo("add");
        assertThat(call.path("input").path("a").intValue()).isEqualTo(12);
    }

    @Test
    void streamsTheSameBlocks() throws Exception {
        List<JsonNode> events = events(send(SAYS, TOOLS + ",\"stream\":true"));
        assertThat(events.stream()
                        .filter(event -> event.path("type").stringValue().equals("content_block_start"))
                        .map(event -> event.path("index")
                                + event.path("content_block").path("type").stringValue()))
                .containsExactly("0thinking", "1text", "2tool_use");
        assertThat(joined(events, "thinking")).isEqualTo("Hm.");
        assertThat(joined(events, "text")).isEqualTo("Sure.");
        assertThat(joined(events, "partial_json")).isEqualTo("{\"a\":12}");
        assertThat(events.get(events.size() - 2)
                        .path("delta")
                        .path("stop_reason")
                        .stringValue())
                .isEqualTo("tool_use");
    }

    private static String joined(List<JsonNode> events, String name) {
        return events.stream()
                .map(event -> event.path("delta").path(name).asString(""))
                .collect(Collectors.joining());
    }

    @Test
    void readsBlocksBack() throws Exception {
        String messages = """
                [{"role":"user","content":"1?"},
                 {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":""},
                  {"type":"text","text":"So"},{"type":"tool_use","id":"t1","name":"add","input":{"a":1}}]},
                 {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1",
                  "content":[{"type":"text","text":"2"}]},{"type":"text","text":"And?"}]}]
                """;
        HttpResponse<String> counted =
                server.post("/v1/messages/count_tokens", "{\"model\":\"null\",\"messages\":" + messages + "}");
        assertThat(json(counted).path("input_tokens").intValue())
                .as(counted.body())
                .isEqualTo(("[user]1?[assistant]So\n<tool_call>\n"
                                + "{\"name\": \"add\", \"arguments\": {\"a\":1}}\n</tool_call>"
                                + "[user]<tool_response>\n2\n</tool_response>[user]And?[assistant]")
                        .length());
    }
}
