package smelt.server.anthropic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.server.answers.ToolMessages;
import smelt.server.fields.Body;
import smelt.server.fields.Fields;
import smelt.server.generation.MessageReader;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The system prompt and the messages of a body, as the template takes them. */
final class Turns {
    private static final MessageReader READER =
            new MessageReader(Set.of("user", "assistant", "system"), "user, assistant or system", "messages.%d");

    private Turns() {}

    /** @throws Problem 400 that names the place */
    static List<Map<String, Object>> read(Body body, int most) {
        List<Map<String, Object>> all = new ArrayList<>();
        body.any("system").ifPresent(system -> all.add(message("system", text(system, "system"))));
        READER.all(MessageReader.sized(body.required("messages"), "messages", 1, most), Turns::turn)
                .forEach(all::addAll);
        if (all.getLast().containsKey("tool_calls")) {
            throw Problem.invalid("messages", "The last of messages has tool_use, whose tool_result is missing");
        }
        return ToolMessages.named(all);
    }

    private static Map<String, Object> message(String role, String content) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }

    /** Results of tools are messages of their own before what else the user says. */
    private static List<Map<String, Object>> turn(ObjectNode message, String role, String where) {
        String place = where + ".content";
        if (!(message.path("content") instanceof ArrayNode blocks)) {
            return List.of(message(role, text(message.path("content"), place)));
        }
        List<Map<String, Object>> results = new ArrayList<>();
        List<Map<String, Object>> calls = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        StringBuilder thoughts = new StringBuilder();
        for (int i = 0; i < blocks.size(); i++) {
            JsonNode block = blocks.get(i);
            String at = place + "." + i;
            switch (role + " " + block.path("type").asString("")) {
                case "user tool_result" -> results.add(result(block, at));
                case "assistant tool_use" -> calls.add(call(block, at));
                case "assistant thinking" ->
                    thoughts.append(block.path("thinking").asString(""));
                case "assistant redacted_thinking" -> {}
                default -> text.append(block(block, at));
            }
        }
        if (!text.isEmpty() || results.isEmpty()) {
            Map<String, Object> said = message(role, text.toString());
            if (!thoughts.isEmpty()) {
                said.put("reasoning_content", thoughts.toString());
            }
            if (!calls.isEmpty()) {
                said.put("tool_calls", calls);
            }
            results.add(said);
        }
        return results;
    }

    private static Map<String, Object> call(JsonNode block, String where) {
        JsonNode input = block.path("input");
        if (!block.path("name").isString() || !input.isObject()) {
            throw Problem.invalid(where, where + " must have a name, which is a string, and input, an object");
        }
        return ToolMessages.call(
                block.path("id").asString(""), block.path("name").stringValue(), input);
    }

    private static Map<String, Object> result(JsonNode block, String where) {
        JsonNode content = block.path("content");
        String said = content.isMissingNode() || content.isNull() ? "" : text(content, where + ".content");
        Map<String, Object> result = message("tool", block.path("is_error").asBoolean(false) ? "Error: " + said : said);
        result.put("tool_call_id", block.path("tool_use_id").asString(""));
        return result;
    }

    private static String text(JsonNode content, String where) {
        if (content.isString()) {
            return content.stringValue();
        }
        if (!(content instanceof ArrayNode blocks)) {
            throw Problem.invalid(
                    where,
                    where + " must be a string or an array of blocks but is "
                            + (content.isMissingNode() ? "missing" : Fields.described(content)));
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < blocks.size(); i++) {
            text.append(block(blocks.get(i), where + "." + i));
        }
        return text.toString();
    }

    private static String block(JsonNode block, String where) {
        String type = block.path("type").asString("");
        if (type.equals("text") && block.path("text").isString()) {
            return block.path("text").stringValue();
        }
        if (type.isEmpty() || type.equals("text")) {
            throw Problem.invalid(where, where + " must be a block of type text, with a text");
        }
        throw Problem.unsupported(
                where, where + " is of type " + Fields.described(block.path("type")) + "; models here read text alone");
    }
}
