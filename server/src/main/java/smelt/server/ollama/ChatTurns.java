package smelt.server.ollama;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.server.answers.ToolMessages;
import smelt.server.fields.Body;
import smelt.server.fields.Fields;
import smelt.server.generation.MessageReader;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of a chat as the template takes them. */
final class ChatTurns {
    private static final MessageReader READER = new MessageReader(
            Set.of("system", "user", "assistant", "tool"), "system, user, assistant or tool", "messages[%d]");

    private ChatTurns() {}

    /**
     * Empty where there are none.
     *
     * @throws Problem 400 that names the place
     */
    static List<Map<String, Object>> read(Body body, int most) {
        return body.array("messages")
                .map(messages -> ToolMessages.named(
                        READER.all(MessageReader.sized(messages, "messages", 0, most), ChatTurns::turn)))
                .orElse(List.of());
    }

    private static Map<String, Object> turn(ObjectNode message, String role, String where) {
        if (message.path("images") instanceof ArrayNode images && !images.isEmpty()) {
            throw Problem.unsupported(where + ".images", where + " has images; models here read text alone");
        }
        Map<String, Object> turn = new LinkedHashMap<>();
        turn.put("role", role);
        turn.put("content", content(message.path("content"), where));
        if (message.path("tool_name").isString()) {
            turn.put("name", message.path("tool_name").stringValue());
        }
        if (message.path("tool_call_id").isString()) {
            turn.put("tool_call_id", message.path("tool_call_id").stringValue());
        }
        if (message.path("tool_calls") instanceof ArrayNode calls && !calls.isEmpty()) {
            turn.put("tool_calls", calls(calls, where + ".tool_calls"));
        }
        if (message.path("thinking").isString()) {
            turn.put("reasoning_content", message.path("thinking").stringValue());
        }
        return turn;
    }

    private static List<Map<String, Object>> calls(ArrayNode calls, String where) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            JsonNode function = calls.get(i).path("function");
            if (!function.path("name").isString() || !function.path("arguments").isObject()) {
                String at = where + "[" + i + "].function";
                throw Problem.invalid(at, at + " must have a name, which is a string, and arguments, an object");
            }
            String id = calls.get(i).path("id").asString("");
            all.add(ToolMessages.call(id, function.path("name").stringValue(), function.path("arguments")));
        }
        return all;
    }

    private static String content(JsonNode content, String where) {
        if (content.isMissingNode() || content.isNull()) {
            return ""; // its clients leave out what is empty
        }
        if (!content.isString()) {
            throw Problem.invalid(
                    where + ".content", where + ".content must be a string but is " + Fields.described(content));
        }
        return content.stringValue();
    }
}
