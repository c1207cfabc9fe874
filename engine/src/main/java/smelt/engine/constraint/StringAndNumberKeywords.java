package smelt.engine.constraint;

import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;

/** The keywords of schemas that speak of strings and numbers. */
final class StringAndNumberKeywords {
    private StringAndNumberKeywords() {}

    static void read(Located schema, Shape shape) {
        strings(schema, shape);
        bound(schema, shape, true);
        bound(schema, shape, false);
        if (schema.has("format")) {
            format(schema, shape);
        }
    }

    private static void strings(Located schema, Shape shape) {
        if (schema.has("minLength")) {
            shape.mentioned.add(Type.STRING);
            shape.minLength = Math.max(shape.minLength, schema.count("minLength"));
        }
        if (schema.has("maxLength")) {
            shape.mentioned.add(Type.STRING);
            shape.maxLength = Math.min(shape.maxLength, schema.count("maxLength"));
        }
        if (schema.has("pattern")) {
            shape.mentioned.add(Type.STRING);
            Located before = shape.pattern;
            if (before != null && !before.text("pattern").equals(schema.text("pattern"))) {
                throw schema.unsupported("pattern", "beside another one");
            }
            shape.pattern = schema;
        }
    }

    /** Draft 4 has booleans that make minimum and maximum exclusive. */
    private static void bound(Located schema, Shape shape, boolean low) {
        String inclusive = low ? "minimum" : "maximum";
        String exclusive = low ? "exclusiveMinimum" : "exclusiveMaximum";
        JsonNode flag = schema.node().path(exclusive);
        if (schema.has(inclusive)) {
            add(shape, low, schema.number(inclusive), flag.isBoolean() && flag.booleanValue());
        }
        if (schema.has(exclusive) && !flag.isBoolean()) {
            add(shape, low, schema.number(exclusive), true);
        }
    }

    private static void add(Shape shape, boolean low, BigDecimal bound, boolean excluded) {
        shape.mentioned.add(Type.INTEGER);
        shape.mentioned.add(Type.FRACTION);
        if (low) {
            shape.atLeast(bound, excluded);
        } else {
            shape.atMost(bound, excluded);
        }
    }

    private static void format(Located schema, Shape shape) {
        String format = schema.text("format");
        switch (format) {
            case "int32" -> range(shape, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "int64" -> range(shape, Long.MIN_VALUE, Long.MAX_VALUE);
            default -> {
                if (Formats.isMeant(format)) {
                    text(schema, format, shape);
                }
            }
        }
    }

    private static void text(Located schema, String format, Shape shape) {
        Located before = shape.format;
        if (before != null && !before.text("format").equals(format)) {
            throw schema.unsupported("format", "beside another one");
        }
        shape.mentioned.add(Type.STRING);
        shape.format = schema;
    }

    private static void range(Shape shape, long least, long most) {
        shape.atLeast(BigDecimal.valueOf(least), false);
        shape.atMost(BigDecimal.valueOf(most), false);
    }
}
