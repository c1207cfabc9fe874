package smelt.server.anthropic;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Set;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import tools.jackson.databind.JsonNode;

/** The fields that make a prompt, and those that would: shared by both routes. */
final class PromptFields {
    private static final String NO_TOOLS = "tools are not there yet";

    private PromptFields() {}

    static final List<Field> FIELDS = List.of(
            supported(
                    "messages", Kind.ARRAY, "roles user, assistant and system; text alone; the last is no assistant's"),
            supported("model", Kind.STRING, "by default the first that is served"),
            supported("system", Kind.ANY, "a string or blocks of type text"),
            ignored("cache_control", Kind.OBJECT, "prefixes are always cached, and change no answer"),
            ignored("speed", Kind.STRING, "there is one"),
            ignored("user_profile_id", Kind.STRING, "nothing is kept by user"),
            ignored("workspace_id", Kind.STRING, "nothing is kept by workspace"),
            refused("tools", Kind.ARRAY, NO_TOOLS, PromptFields::isEmpty),
            refused("tool_choice", Kind.OBJECT, NO_TOOLS, choice -> isOfType(choice, Set.of("none", "auto"))),
            refused("mcp_servers", Kind.ARRAY, NO_TOOLS, PromptFields::isEmpty),
            refused(
                    "thinking",
                    Kind.OBJECT,
                    "thoughts are not told apart from answers yet, only {\"type\": \"disabled\"} passes",
                    thinking -> isOfType(thinking, Set.of("disabled"))),
            refused(
                    "output_config",
                    Kind.OBJECT,
                    "answers cannot be constrained yet; effort alone passes, and is the model's matter",
                    config -> config.path("format").isMissingNode()
                            || config.path("format").isNull()),
            refused("output_format", Kind.OBJECT, "answers cannot be constrained yet"),
            refused("context_management", Kind.OBJECT, "a prompt is never cut", PromptFields::isEmpty));

    private static boolean isEmpty(JsonNode value) {
        return value.isContainer() && value.isEmpty();
    }

    private static boolean isOfType(JsonNode value, Set<String> types) {
        return types.contains(value.path("type").asString(""));
    }
}
