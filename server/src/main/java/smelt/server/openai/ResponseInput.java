package smelt.server.openai;

import static smelt.server.fields.Field.required;
import static smelt.server.fields.Field.supported;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import smelt.engine.ChatOptions;
import smelt.server.answers.Conversation;
import smelt.server.answers.ToolMessages;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.MessageReader;
import smelt.server.generation.Serving;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a response is to answer: instructions and items, as a chat. */
final class ResponseInput {
    static final String NAME = "input";

    static final List<Field> FIELDS = List.of(
            required(NAME, Kind.ANY, "a text, or items: messages, function_call, function_call_output, reasoning"),
            supported("model", Kind.STRING, "by default the first that is served"),
            supported("instructions", Kind.STRING, "a system message before all others"),
            supported("reasoning", Kind.OBJECT, "effort is told to the model's template, which may look at it"));

    private ResponseInput() {}

    static Conversation read(Body body, Serving.Limits limits) {
        List<Map<String, Object>> messages = new ArrayList<>();
        body.string("instructions").ifPresent(text -> messages.add(Map.of("role", "system", "content", text)));
        JsonNode input = body.required(NAME);
        if (input.isString()) {
            messages.add(Map.of("role", "user", "content", input.stringValue()));
        } else {
            if (!input.isArray()) {
                throw Problem.invalid(
                        NAME, NAME + " must be a string or an array of items but is " + Fields.described(input));
            }
            ArrayNode items = MessageReader.sized(input, NAME, 1, limits.messages());
            for (int i = 0; i < items.size(); i++) {
                add(items.get(i), "input[" + i + "]", messages);
            }
        }
        ChatOptions options = new ChatOptions(
                true, false, effort(body).map(ChatFields::effort).orElse(Map.of()));
        return new Conversation(ToolMessages.named(messages), options, ToolFields.tools(body, limits, false));
    }

    static Optional<String> effort(Body body) {
        return body.object("reasoning")
                .map(given -> given.path("effort"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue);
    }

    private static void add(JsonNode item, String where, List<Map<String, Object>> messages) {
        String type = item.path("type").asString("message");
        switch (type) {
            case "message" -> messages.add(ChatMessages.message(item, where));
            case "function_call" -> addCall(ChatMessages.message(call(item, where), where), messages);
            case "function_call_output" -> messages.add(ChatMessages.message(result(item, where), where));
            case "reasoning" -> {} // templates show thoughts of the last turn at most
            default ->
                throw Problem.unsupported(
                        where,
                        where + " is of type " + Fields.described(item.path("type"))
                                + "; messages, function_call, function_call_output and reasoning are read");
        }
    }

    /** Calls of one turn are one message of the chat. */
    private static void addCall(Map<String, Object> message, List<Map<String, Object>> messages) {
        Map<String, Object> last = messages.isEmpty() ? Map.of() : messages.getLast();
        if (!"assistant".equals(last.get("role"))) {
            messages.add(message);
            return;
        }
        List<Object> calls = new ArrayList<>();
        for (Map<String, Object> each : List.of(last, message)) {
            if (each.get("tool_calls") instanceof List<?> own) {
                calls.addAll(own);
            }
        }
        last.put("tool_calls", calls);
    }

    private static ObjectNode call(JsonNode item, String where) {
        ObjectNode message = Json.object().put("role", "assistant").putNull("content");
        ObjectNode call = message.putArray("tool_calls").addObject();
        call.put("id", text(item, "call_id", where)).put("type", "function");
        call.putObject("function")
                .put("name", text(item, "name", where))
                .put("arguments", text(item, "arguments", where));
        return message;
    }

    private static ObjectNode result(JsonNode item, String where) {
        ObjectNode message = Json.object().put("role", "tool").put("tool_call_id", text(item, "call_id", where));
        message.set("content", item.path("output"));
        return message;
    }

    private static String text(JsonNode item, String name, String where) {
        JsonNode value = item.path(name);
        if (!value.isString()) {
            throw Problem.invalid(where + "." + name, where + "." + name + " must be a string");
        }
        return value.stringValue();
    }
}
