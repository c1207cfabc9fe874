package smelt.server.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.server.fields.Fields;
import smelt.server.generation.MessageReader;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of a chat as the template takes them. */
final class ChatMessages {
    private static final MessageReader READER = new MessageReader(
            Set.of("system", "developer", "user", "assistant", "tool", "function"),
            "system, user, assistant or tool",
            "messages[%d]");

    private ChatMessages() {}

    /** @throws Problem 400 that names the place */
    static List<Map<String, Object>> read(JsonNode messages, int most) {
        return READER.all(MessageReader.sized(messages, "messages", 1, most), ChatMessages::turn);
    }

    /** One of them, which stands at {@code where}. */
    static Map<String, Object> message(JsonNode node, String where) {
        return READER.one(node, where, ChatMessages::turn);
    }

    private static Map<String, Object> turn(ObjectNode message, String role, String where) {
        Map<String, Object> read = new LinkedHashMap<>();
        // templates know the older word alone
        read.put("role", role.equals("developer") ? "system" : role);
        read.put("content", content(message, where, role));
        for (String name : List.of("name", "tool_call_id", "reasoning_content", "reasoning")) {
            JsonNode value = message.path(name);
            if (value.isString()) {
                read.put(name, value.stringValue());
            }
        }
        if (message.path("tool_calls") instanceof ArrayNode calls && !calls.isEmpty()) {
            read.put("tool_calls", plain(calls));
        }
        return read;
    }

    private static String content(ObjectNode message, String where, String role) {
        JsonNode content = message.path("content");
        if (content.isString()) {
            return content.stringValue();
        }
        if (content instanceof ArrayNode parts) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < parts.size(); i++) {
                text.append(part(parts.get(i), where + ".content[" + i + "]"));
            }
            return text.toString();
        }
        if (role.equals("assistant") && (content.isNull() || content.isMissingNode())) {
            return ""; // of a call of a tool
        }
        throw Problem.invalid(
                where + ".content",
                where + ".content must be a string or an array of parts but is "
                        + (content.isMissingNode() ? "missing" : Fields.described(content)));
    }

    private static String part(JsonNode part, String where) {
        String type = part.path("type").asString("");
        if ((type.equals("text") || type.equals("input_text") || type.equals("output_text"))
                && part.path("text").isString()) {
            return part.path("text").stringValue();
        }
        if (type.equals("refusal") && part.path("refusal").isString()) {
            return part.path("refusal").stringValue();
        }
        if (type.startsWith("image") || type.startsWith("input_") || type.equals("file")) {
            throw Problem.unsupported(where, where + " is of type " + type + "; this model reads text alone");
        }
        throw Problem.invalid(where, where + " must be a part of type text, with a text");
    }

    /** As Java's own maps, lists and values. */
    static Object plain(JsonNode node) {
        if (node instanceof ObjectNode object) {
            Map<String, Object> map = new LinkedHashMap<>();
            object.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (node instanceof ArrayNode array) {
            return array.valueStream().map(ChatMessages::plain).toList();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isNumber()) {
            return node.canConvertToLong() && node.isIntegralNumber() ? (Object) node.longValue() : node.doubleValue();
        }
        return node.asString("");
    }
}
