package smelt.engine.constraint;

import java.util.EnumSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Kinds of JSON values, as schemas tell them apart. */
enum Type {
    NULL,
    BOOLEAN,
    /** Numbers without a fraction. */
    INTEGER,
    /** All other numbers. */
    FRACTION,
    STRING,
    ARRAY,
    OBJECT;

    /** What a schema calls it; empty for what is no name of a type. */
    static Set<Type> named(String name) {
        return switch (name) {
            case "null" -> EnumSet.of(NULL);
            case "boolean" -> EnumSet.of(BOOLEAN);
            case "integer" -> EnumSet.of(INTEGER);
            case "number" -> EnumSet.of(INTEGER, FRACTION);
            case "string" -> EnumSet.of(STRING);
            case "array" -> EnumSet.of(ARRAY);
            case "object" -> EnumSet.of(OBJECT);
            default -> EnumSet.noneOf(Type.class);
        };
    }

    static Type of(JsonNode value) {
        if (Values.isBeyondAll(value)) {
            return FRACTION;
        }
        if (value.isNumber()) {
            boolean whole = value.decimalValue().signum() == 0
                    || value.decimalValue().stripTrailingZeros().scale() <= 0;
            return whole ? INTEGER : FRACTION;
        }
        return value.isObject()
                ? OBJECT
                : value.isArray() ? ARRAY : value.isString() ? STRING : value.isBoolean() ? BOOLEAN : NULL;
    }
}
