package smelt.server.fields;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The supported fields of a request, of the right types. Asking for a name that the table lacks is a defect. */
public final class Body {
    private final Map<String, Field> table;
    private final Map<String, JsonNode> present;

    Body(Map<String, Field> table, Map<String, JsonNode> present) {
        this.table = table;
        this.present = present;
    }

    private @Nullable JsonNode value(String name, Field.Kind... kinds) {
        Field field = table.get(name);
        if (field == null || (kinds.length > 0 && !List.of(kinds).contains(field.kind()))) {
            throw new IllegalArgumentException("The table has no such field named " + name);
        }
        return present.get(name);
    }

    public boolean has(String name) {
        return value(name) != null;
    }

    public Optional<JsonNode> any(String name) {
        return Optional.ofNullable(value(name));
    }

    public Optional<String> string(String name) {
        return Optional.ofNullable(value(name, Field.Kind.STRING)).map(JsonNode::stringValue);
    }

    /** @throws Problem 400 where it is missing */
    public JsonNode required(String name) {
        return any(name)
                .orElseThrow(() -> Problem.invalid(name, name + " is missing").withCode("missing_required_parameter"));
    }

    public boolean flag(String name, boolean otherwise) {
        JsonNode value = value(name, Field.Kind.BOOLEAN);
        return value == null ? otherwise : value.booleanValue();
    }

    /** @throws Problem 400 where it is out of range */
    public OptionalLong integer(String name, long least, long most) {
        JsonNode value = value(name, Field.Kind.INTEGER);
        if (value == null) {
            return OptionalLong.empty();
        }
        boolean fits = !value.isIntegralNumber() || value.canConvertToLong();
        long number = fits ? (value.isIntegralNumber() ? value.longValue() : (long) value.doubleValue()) : 0;
        if (!fits || number < least || number > most) {
            throw outOfRange(name, value, range(Long.toString(least), Long.toString(most), least, most));
        }
        return OptionalLong.of(number);
    }

    private static String range(String least, String most, long from, long to) {
        if (to >= Integer.MAX_VALUE) {
            return from <= -Integer.MAX_VALUE ? "a 64-bit number" : least + " or more";
        }
        return "between " + least + " and " + most;
    }

    public int integer(String name, int otherwise, int least, int most) {
        return (int) integer(name, least, most).orElse(otherwise);
    }

    /** @throws Problem 400 where it is out of range */
    public OptionalDouble number(String name, double least, double most) {
        JsonNode value = value(name, Field.Kind.NUMBER);
        if (value == null) {
            return OptionalDouble.empty();
        }
        double number = value.doubleValue();
        if (!(number >= least && number <= most)) {
            throw outOfRange(name, value, "between " + plain(least) + " and " + plain(most));
        }
        return OptionalDouble.of(number);
    }

    public double number(String name, double otherwise, double least, double most) {
        return number(name, least, most).orElse(otherwise);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static Problem outOfRange(String name, JsonNode value, String expected) {
        return Problem.invalid(name, name + " must be " + expected + " but is " + Fields.described(value))
                .withCode("out_of_range");
    }

    /** One string is a list of one; empty where there is nothing. */
    public List<String> strings(String name) {
        JsonNode value = value(name, Field.Kind.STRINGS);
        if (value == null) {
            return List.of();
        }
        return value.isString()
                ? List.of(value.stringValue())
                : value.valueStream().map(JsonNode::stringValue).toList();
    }

    /** Empty where there is nothing. */
    public List<Integer> ids(String name) {
        JsonNode value = value(name, Field.Kind.IDS);
        return value == null
                ? List.of()
                : value.valueStream().map(JsonNode::intValue).toList();
    }

    public Optional<ArrayNode> array(String name) {
        return Optional.ofNullable((ArrayNode) value(name, Field.Kind.ARRAY));
    }

    public Optional<ObjectNode> object(String name) {
        return Optional.ofNullable((ObjectNode) value(name, Field.Kind.OBJECT));
    }
}
