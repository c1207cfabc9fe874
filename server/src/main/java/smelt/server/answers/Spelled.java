package smelt.server.answers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import smelt.server.http.Json;

/**
 * Tools spelled out for a template that knows none, or writes calls in a way that is not read here: a description in
 * the system message, calls in Hermes' form, results as a user's message.
 */
final class Spelled {
    private static final String SYSTEM = "system";

    private Spelled() {}

    /**
     * The same chat without tools.
     *
     * @param systemFits whether the template takes a system message
     */
    static List<Map<String, Object>> of(List<Map<String, Object>> messages, List<Tool> tools, boolean systemFits) {
        List<Map<String, Object>> all = new ArrayList<>();
        boolean afterResult = false;
        for (Map<String, Object> message : messages) {
            boolean isResult = "tool".equals(message.get("role"));
            if (isResult && afterResult) {
                Map<String, Object> before = all.removeLast();
                all.add(Map.of("role", "user", "content", before.get("content") + "\n" + result(message)));
            } else if (isResult) {
                all.add(Map.of("role", "user", "content", result(message)));
            } else {
                all.add(withoutCalls(message));
            }
            afterResult = isResult;
        }
        return tools.isEmpty() ? all : described(all, description(tools), systemFits);
    }

    private static String result(Map<String, Object> message) {
        return "<tool_response>\n" + message.get("content") + "\n</tool_response>";
    }

    private static Map<String, Object> withoutCalls(Map<String, Object> message) {
        if (!(message.get("tool_calls") instanceof List<?> calls)) {
            return message;
        }
        StringBuilder content = new StringBuilder(String.valueOf(message.get("content")));
        for (Object call : calls) {
            if (call instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> function) {
                content.append(content.isEmpty() ? "" : "\n")
                        .append("<tool_call>\n{\"name\": ")
                        .append(json(function.get("name")))
                        .append(", \"arguments\": ")
                        .append(json(function.get("arguments")))
                        .append("}\n</tool_call>");
            }
        }
        Map<String, Object> plain = new LinkedHashMap<>(message);
        plain.remove("tool_calls");
        plain.put("content", content.toString());
        return plain;
    }

    static String json(@Nullable Object value) {
        return value == null ? "null" : new String(Json.bytes(Json.of(value)), StandardCharsets.UTF_8);
    }

    /** The messages with a text more for the model to know first. */
    static List<Map<String, Object>> described(List<Map<String, Object>> messages, String text, boolean systemFits) {
        List<Map<String, Object>> all = new ArrayList<>(messages);
        boolean hasSystem = !all.isEmpty() && SYSTEM.equals(all.getFirst().get("role"));
        if (!hasSystem && systemFits) {
            all.addFirst(Map.of("role", SYSTEM, "content", text));
            return all;
        }
        int at = 0;
        while (at < all.size() && !hasSystem && !"user".equals(all.get(at).get("role"))) {
            at++;
        }
        if (at == all.size()) {
            all.add(Map.of("role", "user", "content", text));
            return all;
        }
        Map<String, Object> longer = new LinkedHashMap<>(all.get(at));
        longer.put(
                "content", hasSystem ? longer.get("content") + "\n\n" + text : text + "\n\n" + longer.get("content"));
        all.set(at, longer);
        return all;
    }

    private static String description(List<Tool> tools) {
        return list(tools) + "A call is its name and its arguments as JSON between two tags:\n<tool_call>\n"
                + "{\"name\": \"function\", \"arguments\": {\"parameter\": \"value\"}}\n</tool_call>\n"
                + "Its result comes back between <tool_response> and </tool_response>.";
    }

    static String list(List<Tool> tools) {
        StringBuilder text =
                new StringBuilder("You can call these functions, whose parameters are JSON schemas:\n<tools>\n");
        tools.forEach(tool -> text.append(tool.line()).append('\n'));
        return text.append("</tools>\n").toString();
    }
}
