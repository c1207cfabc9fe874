package smelt.server.answers;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import smelt.server.http.Json;
import tools.jackson.databind.JsonNode;

/** Calls and results in messages, as templates take them. */
public final class ToolMessages {
    private static final String CALLS = "tool_calls";
    private static final String CALL_ID = "tool_call_id";

    private ToolMessages() {}

    /** A call, whose arguments are an object, or what else there is of them. */
    public static Map<String, Object> call(String id, String name, JsonNode arguments) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", name);
        JsonNode object = arguments.isString() ? Json.parsed(arguments.stringValue()) : arguments;
        function.put("arguments", Json.plain(object.isObject() ? object : arguments));
        return Map.of("id", id, "type", "function", "function", function);
    }

    /** Tells each result the name of what was called, which some templates want. */
    public static List<Map<String, Object>> named(List<Map<String, Object>> messages) {
        Map<Object, Object> names = new HashMap<>();
        for (Map<String, Object> message : messages) {
            if (message.get(CALLS) instanceof List<?> calls) {
                calls.forEach(call -> note((Map<?, ?>) call, names));
            }
            Object id = message.get(CALL_ID);
            if (id != null && !message.containsKey("name") && names.get(id) != null) {
                message.put("name", names.get(id));
            }
        }
        return messages;
    }

    private static void note(Map<?, ?> call, Map<Object, Object> names) {
        if (call.get("function") instanceof Map<?, ?> function && call.get("id") != null) {
            names.put(call.get("id"), function.get("name"));
        }
    }
}
