package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code json.dumps}, behind the {@code tojson} filter. */
final class Json {
    private final Budget budget;
    private final boolean ascii;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean sortKeys;
    private final StringBuilder out = new StringBuilder();
    private int charged;

    private Json(Arguments.Bound options, Budget budget) {
        this.budget = budget;
        this.ascii = options.truth("ensure_ascii", false);
        this.sortKeys = options.truth("sort_keys", false);
        this.indent = indent(options.get("indent", None.NONE));
        Object separators = options.get("separators", None.NONE);
        if (separators instanceof List<?> pair && pair.size() == 2) {
            this.itemSeparator = Values.string(pair.get(0), "a separator");
            this.keySeparator = Values.string(pair.get(1), "a separator");
        } else if (separators == None.NONE) {
            this.itemSeparator = indent == null ? ", " : ",";
            this.keySeparator = ": ";
        } else {
            throw Fault.of("tojson() separators must be a pair");
        }
    }

    private static @Nullable String indent(Object value) {
        if (value == None.NONE) {
            return null;
        }
        if (Values.isString(value)) {
            return Values.string(value, "indent");
        }
        long width = Values.index(value);
        if (width > 1000) {
            throw Fault.limit("tojson() with an indent of " + width);
        }
        return " ".repeat((int) Math.max(0, width));
    }

    static String dumps(Object value, Arguments.Bound options, Budget budget) {
        Json json = new Json(options, budget);
        json.append(value, 0);
        json.charge();
        return json.out.toString();
    }

    private void charge() {
        budget.allocate(out.length() - charged);
        charged = out.length();
    }

    private void append(Object value, int level) {
        budget.enter();
        switch (value) {
            case None none -> out.append("null");
            case Boolean flag -> out.append(flag);
            case Long number -> out.append(number);
            case Double number -> out.append(number(number));
            case String text -> quote(text);
            case Markup markup -> quote(markup.text());
            case Range range -> throw notSerializable(value);
            case List<?> list -> items(list, level);
            case Map<?, ?> map -> entries(map, level);
            default -> throw notSerializable(value);
        }
        charge();
        budget.leave();
    }

    private static Fault notSerializable(Object value) {
        return Fault.of("Object of type " + Values.typeName(value) + " is not JSON serializable");
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Repr.number(value);
    }

    private void items(List<?> list, int level) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            out.append(i == 0 ? "" : itemSeparator);
            newLine(level + 1);
            append(list.get(i), level + 1);
        }
        newLine(level);
        out.append(']');
    }

    private void entries(Map<?, ?> map, int level) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        List<Object> keys = new ArrayList<>(map.keySet());
        if (sortKeys) {
            Comparison.sort(keys, key -> key, false, budget);
        }
        out.append('{');
        String separator = "";
        for (Object key : keys) {
            out.append(separator);
            newLine(level + 1);
            quote(key(key));
            out.append(keySeparator);
            Object value = map.get(key);
            append(value == null ? None.NONE : value, level + 1);
            separator = itemSeparator;
        }
        newLine(level);
        out.append('}');
    }

    private static String key(Object key) {
        return switch (key) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Long number -> number.toString();
            case Double number -> number(number);
            case Boolean flag -> flag.toString();
            case None none -> "null";
            default -> throw Fault.of("keys must be str, int, float, bool or None, not " + Values.typeName(key));
        };
    }

    private void newLine(int level) {
        if (indent != null) {
            budget.allocate((long) indent.length() * level);
            out.append('\n').append(indent.repeat(level));
        }
    }

    private void quote(String text) {
        budget.allocate(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < ' ' || (ascii && c > '~')) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
