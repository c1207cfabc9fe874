package smelt.server.answers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.engine.constraint.Grammar;
import smelt.server.http.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * A function that a model may call.
 *
 * @param description empty where there is none
 * @param parameters the JSON schema of its arguments; empty where it takes none
 * @param field where the request has the schema
 */
public record Tool(String name, String description, ObjectNode parameters, String field) {
    private static final Set<String> SAY_NOTHING = Set.of("type", "title", "description", "$schema", "properties");

    /** As templates are told of it. */
    Map<String, Object> forTemplate() {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", name);
        if (!description.isEmpty()) {
            function.put("description", description);
        }
        ObjectNode shown = parameters.isEmpty() ? Json.object().put("type", "object") : parameters;
        if (parameters.isEmpty()) {
            shown.putObject("properties");
        }
        function.put("parameters", Json.plain(shown));
        Map<String, Object> tool = new LinkedHashMap<>();
        tool.put("type", "function");
        tool.put("function", function);
        return tool;
    }

    /** Of its arguments. */
    Grammar arguments() {
        return takesNothing() ? new Grammar.Literal("{}") : new Grammar.JsonSchema(ClosedSchema.of(parameters));
    }

    /** Whether it names no argument at all. */
    boolean takesNothing() {
        return parameters.path("properties").isEmpty()
                && parameters.properties().stream()
                        .allMatch(entry -> SAY_NOTHING.contains(entry.getKey())
                                || (entry.getKey().equals("required")
                                        && entry.getValue().isEmpty())
                                || (entry.getKey().equals("additionalProperties")
                                        && !entry.getValue().isContainer()));
    }

    /** For the description that a template without tools gets. */
    String line() {
        return new String(Json.bytes(Json.of(forTemplate())), java.nio.charset.StandardCharsets.UTF_8);
    }

    static List<Map<String, Object>> forTemplate(List<Tool> tools) {
        return tools.stream().map(Tool::forTemplate).toList();
    }
}
