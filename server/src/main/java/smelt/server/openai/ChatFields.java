package smelt.server.openai;

import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.required;
import static smelt.server.fields.Field.supported;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.engine.ChatOptions;
import smelt.server.answers.Conversation;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.generation.Serving;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/** The fields that make a chat's prompt. */
final class ChatFields {
    static final Field MESSAGES = required(
            "messages", Kind.ARRAY, "at least one; roles system, developer, user, assistant, tool; text alone");

    private static final List<Field> OPTIONS = List.of(
            supported("add_generation_prompt", Kind.BOOLEAN, "whether the template begins an answer, default true"),
            supported(
                    "continue_final_message",
                    Kind.BOOLEAN,
                    "whether the last message is continued; then without add_generation_prompt"),
            supported(
                    "chat_template_kwargs",
                    Kind.OBJECT,
                    "what else the model's template is told, such as enable_thinking"),
            supported(
                    "reasoning_effort",
                    Kind.STRING,
                    "told to the model's template; one that knows no efforts is told to think, or with none not to"),
            supported("reasoning", Kind.OBJECT, "effort, as reasoning_effort, or enabled, as enable_thinking"),
            refused("chat_template", Kind.STRING, "the model's own template is taken"),
            refused("documents", Kind.ARRAY, "put them into messages", SamplingFields::isEmpty));

    /** How messages become text. */
    static final List<Field> TEMPLATE = template();

    static final List<Field> FIELDS = all();

    private static List<Field> template() {
        List<Field> all = new ArrayList<>(OPTIONS);
        all.addAll(ToolFields.FIELDS);
        all.addAll(ToolFields.OLDER);
        return List.copyOf(all);
    }

    private static List<Field> all() {
        List<Field> all = new ArrayList<>(TEMPLATE);
        all.addFirst(MESSAGES);
        return List.copyOf(all);
    }

    private ChatFields() {}

    /** Of a body whose table has {@link #FIELDS}. */
    static Conversation read(Body body, Serving.Limits limits) {
        return new Conversation(
                ChatMessages.read(body.required("messages"), limits.messages()),
                options(body),
                ToolFields.ofChat(body, limits));
    }

    private static ChatOptions options(Body body) {
        boolean continues = body.flag("continue_final_message", false);
        boolean begins = body.flag("add_generation_prompt", !continues);
        if (continues && begins) {
            throw Problem.invalid(
                    "continue_final_message", "continue_final_message is only for add_generation_prompt: false");
        }
        Map<String, Object> variables = new LinkedHashMap<>();
        body.object("reasoning").ifPresent(reasoning -> {
            if (reasoning.path("enabled").isBoolean()) {
                variables.put("enable_thinking", reasoning.path("enabled").booleanValue());
            }
            if (reasoning.path("effort").isString()) {
                variables.putAll(effort(reasoning.path("effort").stringValue()));
            }
        });
        body.string("reasoning_effort").ifPresent(effort -> variables.putAll(effort(effort)));
        body.object("chat_template_kwargs")
                .ifPresent(given ->
                        given.properties().forEach(entry -> variables.put(entry.getKey(), plain(entry.getValue()))));
        variables.keySet().forEach(ChatFields::checkFree);
        return new ChatOptions(begins, continues, variables);
    }

    /** What a template may be told of how much is thought. */
    static Map<String, Object> effort(String effort) {
        return effort.equals("none")
                ? Map.of("reasoning_effort", effort, "enable_thinking", false)
                : Map.of("reasoning_effort", effort);
    }

    private static Object plain(JsonNode value) {
        Object plain = Json.plain(value);
        return plain == null ? "" : plain;
    }

    private static void checkFree(String name) {
        if (name.equals("messages") || name.equals("add_generation_prompt") || name.equals("tools")) {
            throw Problem.invalid(
                    "chat_template_kwargs", "chat_template_kwargs must not set " + name + ": it has a field");
        }
    }
}
