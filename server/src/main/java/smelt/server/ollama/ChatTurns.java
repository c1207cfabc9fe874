package smelt.server.ollama;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.server.fields.Body;
import smelt.server.fields.Fields;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of a chat as the template takes them. */
final class ChatTurns {
    private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");

    private ChatTurns() {}

    /**
     * Empty where there are none.
     *
     * @throws Problem 400 that names the place
     */
    static List<Map<String, Object>> read(Body body, int most) {
        List<Map<String, Object>> all = new ArrayList<>();
        body.array("messages").ifPresent(messages -> {
            if (messages.size() > most) {
                throw Problem.invalid("messages", "messages has " + messages.size() + " messages, at most " + most);
            }
            for (int i = 0; i < messages.size(); i++) {
                all.add(turn(messages.get(i), "messages[" + i + "]"));
            }
        });
        return all;
    }

    private static Map<String, Object> turn(JsonNode node, String where) {
        if (!(node instanceof ObjectNode message)) {
            throw Problem.invalid(where, where + " must be an object but is " + Fields.described(node));
        }
        JsonNode role = message.path("role");
        if (!role.isString() || !ROLES.contains(role.stringValue())) {
            throw Problem.invalid(
                    where + ".role",
                    where + ".role must be system, user, assistant or tool but is "
                            + (role.isMissingNode() ? "missing" : Fields.described(role)));
        }
        for (String name : List.of("images", "tool_calls")) {
            if (message.path(name) instanceof ArrayNode list && !list.isEmpty()) {
                throw Problem.unsupported(where + "." + name, where + " has " + name + "; models here read text alone");
            }
        }
        Map<String, Object> turn = new LinkedHashMap<>();
        turn.put("role", role.stringValue());
        turn.put("content", content(message.path("content"), where));
        if (message.path("tool_name").isString()) {
            turn.put("name", message.path("tool_name").stringValue());
        }
        if (message.path("thinking").isString()) {
            turn.put("reasoning_content", message.path("thinking").stringValue());
        }
        return turn;
    }

    private static String content(JsonNode content, String where) {
        if (content.isMissingNode() || content.isNull()) {
            return ""; // its clients leave out what is empty
        }
        if (!content.isString()) {
            throw Problem.invalid(
                    where + ".content", where + ".content must be a string but is " + Fields.described(content));
        }
        return content.stringValue();
    }
}
