package smelt.server.fields;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.server.http.Problem;
import smelt.store.Nearest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The table of a route's fields. */
public final class Fields {
    private final String route;
    private final Map<String, Field> byName;

    private Fields(String route, Map<String, Field> byName) {
        this.route = route;
        this.byName = byName;
    }

    /** @param route as people know it: {@code /v1/chat/completions} */
    public static Fields of(String route, List<Field> fields) {
        Map<String, Field> byName = new LinkedHashMap<>();
        for (Field field : fields) {
            if (byName.put(field.name(), field) != null) {
                throw new IllegalArgumentException(route + " has two fields named " + field.name());
            }
        }
        return new Fields(route, byName);
    }

    /** A table that begins with this one's fields. */
    public Fields and(List<Field> more) {
        List<Field> all = new ArrayList<>(byName.values());
        all.addAll(more);
        return of(route, all);
    }

    public String route() {
        return route;
    }

    /** In the order in which they were listed. */
    public Collection<Field> all() {
        return List.copyOf(byName.values());
    }

    /**
     * Checks names and types, and that nothing required is missing; a null is as good as nothing.
     *
     * @param lenient whether a name that is not in the table passes
     * @throws Problem 400 that names the field
     */
    public Body read(ObjectNode json, boolean lenient) {
        Map<String, JsonNode> present = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : json.properties()) {
            if (property.getValue().isNull()) {
                continue;
            }
            Field field = byName.get(property.getKey());
            if (field == null) {
                if (!lenient) {
                    throw unknown(property.getKey());
                }
            } else if (isWanted(field, property.getValue())) {
                present.put(field.name(), property.getValue());
            }
        }
        for (Field field : byName.values()) {
            if (field.required() && !present.containsKey(field.name())) {
                throw Problem.invalid(field.name(), field.name() + " is missing")
                        .withCode("missing_required_parameter");
            }
        }
        return new Body(byName, present);
    }

    private static boolean isWanted(Field field, JsonNode value) {
        return switch (field.use()) {
            case IGNORED -> false;
            case REFUSED -> {
                if (!field.harmless().test(value)) {
                    throw Problem.unsupported(field.name(), field.name() + " is not supported: " + field.note())
                            .withCode(field.code());
                }
                yield false;
            }
            case SUPPORTED -> {
                if (!field.kind().fits(value)) {
                    throw wrongType(field.name(), field.kind(), value);
                }
                yield true;
            }
        };
    }

    static Problem wrongType(String name, Field.Kind kind, JsonNode value) {
        return Problem.invalid(name, name + " must be " + kind.text() + " but is " + described(value))
                .withCode("invalid_type");
    }

    /** A value for people: short ones as they are. */
    public static String described(JsonNode value) {
        if (value.isContainer()) {
            return value.isArray() ? "an array" : "an object";
        }
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private Problem unknown(String name) {
        List<String> near = Nearest.of(name, List.copyOf(byName.keySet()), 1);
        String shown = name.length() <= 60 ? name : name.substring(0, 60) + "...";
        return Problem.invalid(
                        shown,
                        "There is no field named " + shown
                                + (near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?"))
                .withCode("unknown_parameter");
    }
}
