package smelt.server.anthropic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.server.fields.Body;
import smelt.server.fields.Fields;
import smelt.server.generation.MessageReader;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The system prompt and the messages of a body, as the template takes them. */
final class Turns {
    private static final MessageReader READER = new MessageReader(
            Set.of("user", "assistant", "system"), "user, assistant or system", "messages.%d");

    private Turns() {}

    /** @throws Problem 400 that names the place */
    static List<Map<String, Object>> read(Body body, int most) {
        List<Map<String, Object>> all = new ArrayList<>();
        body.any("system").ifPresent(system -> all.add(message("system", text(system, "system"))));
        all.addAll(READER.all(MessageReader.sized(body.required("messages"), "messages", 1, most), Turns::turn));
        if ("assistant".equals(all.getLast().get("role"))) {
            throw Problem.unsupported(
                    "messages", "The last of messages is the assistant's; an answer is always a new message");
        }
        return all;
    }

    private static Map<String, Object> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    private static Map<String, Object> turn(ObjectNode message, String role, String where) {
        return message(role, text(message.path("content"), where + ".content"));
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
