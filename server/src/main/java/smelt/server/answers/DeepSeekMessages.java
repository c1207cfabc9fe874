package smelt.server.answers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages for DeepSeek's templates, which write calls and results, but describe no tools. */
final class DeepSeekMessages {
    private static final String CALLS = "tool_calls";
    private static final String CONTENT = "content";

    private DeepSeekMessages() {}

    static List<Map<String, Object>> of(
            List<Map<String, Object>> messages, List<Tool> tools, ToolSyntax.DeepSeek syntax) {
        List<Map<String, Object>> all =
                messages.stream().map(DeepSeekMessages::withTextOfArguments).toList();
        return tools.isEmpty() ? all : Spelled.described(all, description(tools, syntax), true);
    }

    private static String description(List<Tool> tools, ToolSyntax.DeepSeek syntax) {
        return Spelled.list(tools) + "Calls are written so, one after the other:\n" + ToolSyntax.DeepSeek.CALLS
                + syntax.beforeName() + "function" + syntax.afterName() + "{\"parameter\": \"value\"}"
                + syntax.afterArguments() + ToolSyntax.DeepSeek.END_OF_CALLS;
    }

    /** The templates join arguments to text, and take an empty content for another message. */
    @SuppressWarnings("NullAway") // templates ask whether content is none
    private static Map<String, Object> withTextOfArguments(Map<String, Object> message) {
        if (!(message.get(CALLS) instanceof List<?> calls)) {
            return message;
        }
        Map<String, Object> own = new LinkedHashMap<>(message);
        own.put(CALLS, calls.stream().map(call -> withText((Map<?, ?>) call)).toList());
        if ("".equals(message.get(CONTENT))) {
            own.put(CONTENT, null);
        }
        return own;
    }

    private static Map<Object, Object> withText(Map<?, ?> call) {
        Map<Object, Object> own = new LinkedHashMap<>(call);
        if (call.get("function") instanceof Map<?, ?> function) {
            Map<Object, @Nullable Object> text = new LinkedHashMap<>(function);
            Object arguments = function.get("arguments");
            text.put("arguments", arguments instanceof String string ? string : Spelled.json(arguments));
            own.put("function", text);
        }
        return own;
    }
}
