package smelt.server.openai;

import static smelt.server.fields.Field.supported;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.server.answers.ToolReader;
import smelt.server.answers.ToolUse;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The tools of chats and responses, and OpenAI's older functions. */
final class ToolFields {
    private static final String TOOLS = "tools";
    private static final String CHOICE = "tool_choice";
    private static final String FUNCTIONS = "functions";
    private static final String FUNCTION_CALL = "function_call";
    private static final String FUNCTION = "function";

    /** Of chats and responses. */
    static final List<Field> FIELDS = List.of(
            supported(TOOLS, Kind.ARRAY, "of type function; calls keep to their parameters' schemas, always"),
            supported(
                    CHOICE,
                    Kind.ANY,
                    "none, auto, required, one by its name, or allowed_tools; default auto; with none the model is "
                            + "told of no tool"),
            supported("parallel_tool_calls", Kind.BOOLEAN, "whether one answer may have several calls, default true"));

    /** Of chats alone. */
    static final List<Field> OLDER = List.of(
            supported(FUNCTIONS, Kind.ARRAY, "older than tools; the answer then has function_call, at most one"),
            supported(FUNCTION_CALL, Kind.ANY, "none, auto, or one by its name"));

    private ToolFields() {}

    /** Of a chat, whose table has {@link #OLDER} too. */
    static ToolUse ofChat(Body body, Serving.Limits limits) {
        Optional<ArrayNode> functions = body.array(FUNCTIONS).filter(array -> !array.isEmpty());
        if (functions.isEmpty()) {
            return tools(body, limits, true);
        }
        if (body.array(TOOLS).filter(array -> !array.isEmpty()).isPresent()) {
            throw Problem.invalid(FUNCTIONS, "functions and tools cannot be given together");
        }
        var reader = new ToolReader(limits, FUNCTIONS);
        ArrayNode all = functions.get();
        for (int i = 0; i < all.size(); i++) {
            reader.add(all.get(i), "functions[" + i + "]", "parameters");
        }
        return body.any(FUNCTION_CALL)
                .map(choice -> chosen(choice, reader, FUNCTION_CALL, choice.path("name"), false))
                .orElseGet(() -> reader.all(ToolUse.Choice.MODEL, false));
    }

    /** Whether the answer has its call in the older form. */
    static boolean isOlder(Body body) {
        return body.array(FUNCTIONS).filter(array -> !array.isEmpty()).isPresent();
    }

    /** @param nested whether a function stands in an object of its own, as chats have it */
    static ToolUse tools(Body body, Serving.Limits limits, boolean nested) {
        var reader = new ToolReader(limits, TOOLS);
        ArrayNode all = body.array(TOOLS).orElse(null);
        for (int i = 0; all != null && i < all.size(); i++) {
            String where = "tools[" + i + "]";
            checkType(all.get(i), where);
            if (nested) {
                reader.add(all.get(i).path(FUNCTION), where + ".function", "parameters");
            } else {
                reader.add(all.get(i), where, "parameters");
            }
        }
        boolean parallel = body.flag("parallel_tool_calls", true);
        return body.any(CHOICE)
                .map(choice -> choice.path("type").asString("").equals("allowed_tools")
                        ? allowed(choice, reader, parallel, nested)
                        : chosen(choice, reader, CHOICE, named(choice, nested), parallel))
                .orElseGet(() -> reader.all(ToolUse.Choice.MODEL, parallel));
    }

    private static void checkType(JsonNode tool, String where) {
        if (!tool.isObject()) {
            throw Problem.invalid(where, where + " must be an object but is " + Fields.described(tool));
        }
        if (!tool.path("type").asString("").equals(FUNCTION)) {
            throw Problem.unsupported(
                    where + ".type",
                    where + " is of type " + Fields.described(tool.path("type"))
                            + "; tools of type function are there");
        }
    }

    private static JsonNode named(JsonNode choice, boolean nested) {
        return nested ? choice.path(FUNCTION).path("name") : choice.path("name");
    }

    private static ToolUse chosen(JsonNode choice, ToolReader reader, String field, JsonNode name, boolean parallel) {
        if (name.isString()) {
            return reader.some(List.of(name.stringValue()), field, ToolUse.Choice.ALWAYS, false);
        }
        return switch (choice.asString("")) {
            case "none" -> ToolUse.NONE;
            case "auto" -> reader.all(ToolUse.Choice.MODEL, parallel);
            case "required" -> {
                if (reader.isEmpty()) {
                    throw Problem.invalid(field, field + " is required, and there are no tools");
                }
                yield reader.all(ToolUse.Choice.ALWAYS, parallel);
            }
            default ->
                throw Problem.invalid(
                        field,
                        field + " must be none, auto, required or name a function but is " + Fields.described(choice));
        };
    }

    private static ToolUse allowed(JsonNode choice, ToolReader reader, boolean parallel, boolean nested) {
        JsonNode given = nested ? choice.path("allowed_tools") : choice;
        String mode = given.path("mode").asString("");
        if (!mode.equals("auto") && !mode.equals("required")) {
            throw Problem.invalid(CHOICE, "The mode of allowed_tools in tool_choice must be auto or required");
        }
        List<String> names = new ArrayList<>();
        given.path(TOOLS).forEach(tool -> names.add(named(tool, nested).asString("")));
        if (names.isEmpty()) {
            throw Problem.invalid(CHOICE, "allowed_tools in tool_choice names no tools");
        }
        return reader.some(names, CHOICE, mode.equals("auto") ? ToolUse.Choice.MODEL : ToolUse.Choice.ALWAYS, parallel);
    }
}
