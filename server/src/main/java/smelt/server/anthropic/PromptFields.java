package smelt.server.anthropic;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import smelt.server.answers.Conversation;
import smelt.server.answers.Shape;
import smelt.server.answers.ToolReader;
import smelt.server.answers.ToolUse;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.generation.Serving;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields that make a prompt and say what its answer looks like: shared by both routes. */
final class PromptFields {
    private static final Set<String> THINKING = Set.of("enabled", "adaptive", "disabled");
    private static final String CHOICE = "tool_choice";
    static final String NO_BILLS = "nothing is billed";

    private PromptFields() {}

    static final List<Field> FIELDS = List.of(
            supported(
                    "messages",
                    Kind.ARRAY,
                    "roles user, assistant and system; text, thinking, tool_use and tool_result; a last one of the "
                            + "assistant is continued"),
            supported("model", Kind.STRING, "by default the first that is served"),
            supported("system", Kind.ANY, "a string or blocks of type text"),
            supported("tools", Kind.ARRAY, "of the client; calls keep to their input_schema, always"),
            supported("tool_choice", Kind.OBJECT, "auto, any, tool or none; disable_parallel_tool_use"),
            supported(
                    "thinking",
                    Kind.OBJECT,
                    "enabled, adaptive or disabled is told to the model's template; budget_tokens is no limit"),
            supported(
                    "output_config", Kind.OBJECT, "format of type json_schema; effort is told to the model's template"),
            supported("output_format", Kind.OBJECT, "older than output_config.format"),
            ignored("cache_control", Kind.OBJECT, "prefixes are always cached, and change no answer"),
            ignored("speed", Kind.STRING, "there is one"),
            ignored("user_profile_id", Kind.STRING, "nothing is kept by user"),
            ignored("workspace_id", Kind.STRING, "nothing is kept by workspace"),
            ignored("billing_policy", Kind.OBJECT, NO_BILLS),
            refused("mcp_servers", Kind.ARRAY, "the server calls nobody", PromptFields::isEmpty),
            refused("context_management", Kind.OBJECT, "a prompt is never cut", PromptFields::isEmpty));

    /** The chat of a body whose table has {@link #FIELDS}. */
    static Conversation read(Body body, Serving.Limits limits) {
        return Conversation.continued(Turns.read(body, limits.messages()), variables(body), tools(body, limits));
    }

    private static Map<String, Object> variables(Body body) {
        Map<String, Object> variables = new LinkedHashMap<>();
        body.object("output_config")
                .map(config -> config.path("effort"))
                .filter(JsonNode::isString)
                .ifPresent(effort -> variables.put("reasoning_effort", effort.stringValue()));
        body.object("thinking").ifPresent(thinking -> {
            String type = thinking.path("type").asString("");
            if (!THINKING.contains(type)) {
                throw Problem.invalid("thinking", "thinking.type must be enabled, adaptive or disabled");
            }
            variables.put("enable_thinking", !type.equals("disabled"));
        });
        return variables;
    }

    private static ToolUse tools(Body body, Serving.Limits limits) {
        var reader = new ToolReader(limits, "tools");
        ArrayNode all = body.array("tools").orElse(null);
        for (int i = 0; all != null && i < all.size(); i++) {
            String type = all.get(i).path("type").asString("custom");
            if (!type.equals("custom")) {
                throw Problem.unsupported(
                        "tools." + i + ".type",
                        "tools." + i + " is of type " + type + "; only custom tools, with an input_schema, are known");
            }
            reader.add(all.get(i), "tools." + i, "input_schema");
        }
        return body.object("tool_choice")
                .map(choice -> chosen(choice, reader))
                .orElseGet(() -> reader.all(ToolUse.Choice.MODEL, true));
    }

    private static ToolUse chosen(ObjectNode choice, ToolReader reader) {
        boolean parallel = !choice.path("disable_parallel_tool_use").asBoolean(false);
        return switch (choice.path("type").asString("")) {
            case "none" -> ToolUse.NONE;
            case "auto" -> reader.all(ToolUse.Choice.MODEL, parallel);
            case "any" -> {
                if (reader.isEmpty()) {
                    throw Problem.invalid(CHOICE, CHOICE + " is any, and there are no tools");
                }
                yield reader.all(ToolUse.Choice.ALWAYS, parallel);
            }
            case "tool" -> {
                if (!choice.path("name").isString()) {
                    throw Problem.invalid(CHOICE, CHOICE + ".name must be the name of a tool");
                }
                yield reader.some(List.of(choice.path("name").stringValue()), CHOICE, ToolUse.Choice.ALWAYS, false);
            }
            default -> throw Problem.invalid(CHOICE, CHOICE + ".type must be auto, any, tool or none");
        };
    }

    /** What content must look like. */
    static Optional<Shape> shape(Body body, Serving.Limits limits) {
        Optional<Shape> config = body.object("output_config")
                .flatMap(given -> shape(given.path("format"), "output_config.format", limits));
        Optional<Shape> older = body.object("output_format").flatMap(given -> shape(given, "output_format", limits));
        if (config.isPresent() && older.isPresent()) {
            throw Problem.invalid("output_format", "output_format and output_config.format cannot be given together");
        }
        return config.or(() -> older);
    }

    private static Optional<Shape> shape(JsonNode format, String where, Serving.Limits limits) {
        if (format.isMissingNode() || format.isNull()) {
            return Optional.empty();
        }
        if (!format.path("type").asString("").equals("json_schema")) {
            throw Problem.invalid(where, where + ".type must be json_schema");
        }
        return Optional.of(Shape.schema(format.path("schema"), where + ".schema", limits));
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isContainer() && value.isEmpty();
    }
}
