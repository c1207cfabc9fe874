package smelt.server.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.server.answers.ToolMessages;
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

    /** Templates know one word alone. */
    private static final Map<String, String> OLDER = Map.of("developer", "system", "function", "tool");

    private static final String REASONING = "reasoning_content";

    private ChatMessages() {}

    /** @throws Problem 400 that names the place */
    static List<Map<String, Object>> read(JsonNode messages, int most) {
        return ToolMessages.named(READER.all(MessageReader.sized(messages, "messages", 1, most), ChatMessages::turn));
    }

    /** One of them, which stands at {@code where}. */
    static Map<String, Object> message(JsonNode node, String where) {
        return READER.one(node, where, ChatMessages::turn);
    }

    private static Map<String, Object> turn(ObjectNode message, String role, String where) {
        Map<String, Object> read = new LinkedHashMap<>();
        read.put("role", OLDER.getOrDefault(role, role));
        read.put("content", content(message, where, role));
        for (String name : List.of("name", "tool_call_id")) {
            JsonNode value = message.path(name);
            if (value.isString()) {
                read.put(name, value.stringValue());
            }
        }
        JsonNode thoughts = message.path(message.path(REASONING).isString() ? REASONING : "reasoning");
        if (thoughts.isString()) {
            read.put(REASONING, thoughts.stringValue());
        }
        List<Map<String, Object>> calls = calls(message, where);
        if (!calls.isEmpty()) {
            read.put("tool_calls", calls);
        }
        return read;
    }

    private static List<Map<String, Object>> calls(ObjectNode message, String where) {
        JsonNode given = message.path("tool_calls");
        if (given.isMissingNode() || given.isNull()) {
            JsonNode older = message.path("function_call");
            return older.isObject() ? List.of(call(older, "", where + ".function_call")) : List.of();
        }
        if (!(given instanceof ArrayNode array)) {
            throw Problem.invalid(
                    where + ".tool_calls", where + ".tool_calls must be an array but is " + Fields.described(given));
        }
        List<Map<String, Object>> calls = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            JsonNode call = array.get(i);
            calls.add(call(
                    call.path("function"), call.path("id").asString(""), where + ".tool_calls[" + i + "].function"));
        }
        return calls;
    }

    private static Map<String, Object> call(JsonNode function, String id, String where) {
        JsonNode name = function.path("name");
        JsonNode arguments = function.path("arguments");
        if (!name.isString() || !arguments.isString()) {
            throw Problem.invalid(where, where + " must have a name and arguments, which are strings");
        }
        return ToolMessages.call(id, name.stringValue(), arguments);
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
}
