package smelt.server.ollama;

import static org.assertj.core.api.Assertions.assertThat;
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

/** Guards server/: tools and thoughts in Ollama's interface, on a model that repeats its user. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ChatToolsTest {
    private static final String TOOLS = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\","
            + "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}}}]";
    private static final String SAYS =
            "<think>Hm.</think>Sure.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\":12}}\n</tool_call>";

    @AutoClose
    private static final RunningServer server = RunningServer.of("echo");

    private static HttpResponse<String> chat(String says, String fields) throws Exception {
        ObjectNode body = (ObjectNode) RunningServer.JSON.readTree(
                "{\"model\":\"echo\",\"options\":{\"temperature\":0,\"repeat_penalty\":1}" + fields + "}");
        body.putArray("messages").addObject().put("role", "user").put("content", says);
        HttpResponse<String> response = server.post("/api/chat", body.toString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response;
    }

    @Test
    void tellsCallsAndThoughts() throws Exception {
        JsonNode body = json(chat(SAYS, TOOLS + ",\"stream\":false,\"think\":true"));
        JsonNode message = body.path("message");
        assertThat(body.path("done_reason").stringValue()).isEqualTo("stop");
        assertThat(message.path("thinking").stringValue()).isEqualTo("Hm.");
        assertThat(message.path("content").stringValue()).isEqualTo("Sure.");
        JsonNode function = message.path("tool_calls").get(0).path("function");
        assertThat(function.path("name").stringValue()).isEqualTo("add");
        assertThat(function.path("arguments").path("a").intValue()).isEqualTo(12);
    }

    @Test
    void streamsTheSame() throws Exception {
        List<JsonNode> lines = chat(SAYS, TOOLS)
                .body()
                .lines()
                .map(RunningServer.JSON::readTree)
                .toList();
        assertThat(joined(lines, "thinking")).isEqualTo("Hm.");
        assertThat(joined(lines, "content")).isEqualTo("Sure.");
        assertThat(lines.stream().filter(line -> line.path("message").has("tool_calls")))
                .singleElement()
                .satisfies(line -> assertThat(line.path("done").booleanValue()).isFalse());
        assertThat(lines.getLast().path("done").booleanValue()).isTrue();
    }

    private static String joined(List<JsonNode> lines, String name) {
        return lines.stream()
                .map(line -> line.path("message").path(name).asString(""))
                .collect(Collectors.joining());
    }

    @Test
    void tellsWhatIsNoWholeCallAsContent() throws Exception {
        JsonNode body = json(server.post(
                "/api/chat",
                "{\"model\":\"echo\",\"stream\":false" + TOOLS
                        + ",\"options\":{\"temperature\":0,\"repeat_penalty\":1,\"num_predict\":50},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":"
                        + RunningServer.JSON.writeValueAsString(SAYS.substring(18)) + "}]}"));
        assertThat(body.path("done_reason").stringValue()).isEqualTo("length");
        assertThat(body.path("message").has("tool_calls")).isFalse();
        assertThat(body.path("message").path("content").stringValue()).contains("add");
    }
}
