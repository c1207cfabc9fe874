package smelt.server.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import smelt.server.fields.Fields;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the messages of a chat: an array of bounded size, of objects, each with a role that its protocol knows.
 *
 * @param roles that pass
 * @param roleNames those that people are told of
 * @param place of a message in the body, with {@code %d} for its index
 */
public record MessageReader(Set<String> roles, String roleNames, String place) {
    /**
     * What a protocol makes of one message.
     *
     * @param <T> what a template takes
     */
    public interface Turn<T> {
        /** @param where the message stands */
        T of(ObjectNode message, String role, String where);
    }

    /** @throws Problem 400 where it is no array, or has less than {@code least} or more than {@code most} messages */
    public static ArrayNode sized(JsonNode messages, String name, int least, int most) {
        if (!(messages instanceof ArrayNode array) || array.size() < least) {
            throw Problem.invalid(name, name + " must be an array with at least one message");
        }
        if (array.size() > most) {
            throw Problem.invalid(name, name + " has " + array.size() + " messages, at most " + most);
        }
        return array;
    }

    /** @throws Problem 400 that names the place */
    public <T> List<T> all(ArrayNode messages, Turn<T> turn) {
        List<T> all = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            all.add(one(messages.get(i), place.formatted(i), turn));
        }
        return all;
    }

    /** One message, which stands at {@code where}. */
    public <T> T one(JsonNode node, String where, Turn<T> turn) {
        if (!(node instanceof ObjectNode message)) {
            throw Problem.invalid(where, where + " must be an object but is " + Fields.described(node));
        }
        JsonNode role = message.path("role");
        if (!role.isString() || !roles.contains(role.stringValue())) {
            throw Problem.invalid(
                    where + ".role",
                    where + ".role must be " + roleNames + " but is "
                            + (role.isMissingNode() ? "missing" : Fields.described(role)));
        }
        return turn.of(message, role.stringValue(), where);
    }
}
