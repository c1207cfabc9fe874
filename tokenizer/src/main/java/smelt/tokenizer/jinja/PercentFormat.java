package smelt.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code "%s and %5.1f" % values}. */
final class PercentFormat {
    private static final int MAX_WIDTH = 1 << 20;

    private final String format;
    private final List<?> values;
    private final @Nullable Map<?, ?> named;
    private final boolean markup;
    private final Budget budget;
    private final StringBuilder out = new StringBuilder();
    private int position;
    private int used;

    private PercentFormat(Object format, Object values, Budget budget) {
        this.format = Values.string(format, "a format");
        this.markup = format instanceof Markup;
        this.values = values instanceof Tuple tuple ? tuple : List.of(values);
        this.named = values instanceof Map<?, ?> map ? map : null;
        this.budget = budget;
    }

    static Object format(Object format, Object values, Budget budget) {
        PercentFormat run = new PercentFormat(format, values, budget);
        String text = run.run();
        return format instanceof Markup ? new Markup(text) : text;
    }

    private String run() {
        budget.allocate(format.length());
        boolean keyed = false;
        while (position < format.length()) {
            char c = format.charAt(position++);
            if (c == '%') {
                keyed |= conversion();
            } else {
                out.append(c);
            }
        }
        boolean mayIgnore = keyed || named != null || (values.size() == 1 && isMapping(values.get(0)));
        if (used < values.size() && !mayIgnore) {
            throw Fault.of("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    /** What Python takes for a source of named values, all of which a format may leave out. */
    private static boolean isMapping(Object value) {
        return value instanceof List<?> || value instanceof Undefined;
    }

    private char at() {
        if (position >= format.length()) {
            throw Fault.of("incomplete format");
        }
        return format.charAt(position);
    }

    private Object take() {
        if (used >= values.size()) {
            throw Fault.of("not enough arguments for format string");
        }
        return values.get(used++);
    }

    /** One conversion after its percent sign; whether it took its value by name. */
    private boolean conversion() {
        Object byName = at() == '(' ? named() : null;
        int flagsEnd = position;
        while (flagsEnd < format.length() && "-+ 0#".indexOf(format.charAt(flagsEnd)) >= 0) {
            flagsEnd++;
        }
        String flags = format.substring(position, flagsEnd);
        position = flagsEnd;
        long width = number();
        long precision = -1;
        if (at() == '.') {
            position++;
            precision = number();
        }
        while (at() == 'l' || at() == 'h' || at() == 'L') {
            position++;
        }
        char type = at();
        position++;
        if (type == '%') {
            out.append('%');
            return byName != null;
        }
        Object value = byName != null ? byName : take();
        boolean left = flags.contains("-") || width < 0;
        write(value, type, left ? flags + "-" : flags, Math.abs(width), (int) precision);
        return byName != null;
    }

    private Object named() {
        int close = format.indexOf(')', position);
        if (named == null || close < 0) {
            throw Fault.of(close < 0 ? "incomplete format key" : "format requires a mapping");
        }
        Object value = Dicts.find(named, format.substring(position + 1, close), budget);
        position = close + 1;
        if (value == null) {
            throw Fault.of("no value for the name in the format");
        }
        return value;
    }

    private long number() {
        if (at() == '*') {
            position++;
            return within(Values.index(take()));
        }
        long value = 0;
        while (at() >= '0' && at() <= '9') {
            value = within(value * 10 + at() - '0');
            position++;
        }
        return value;
    }

    private static long within(long width) {
        if (Math.abs(width) > MAX_WIDTH) {
            throw Fault.limit("a format width of " + width);
        }
        return width;
    }

    private void write(Object value, char type, String flags, long width, int precision) {
        String sign = "";
        String body;
        switch (type) {
            case 's', 'r', 'a' -> body = text(value, type, precision);
            case 'c' -> body = character(value);
            case 'd', 'i', 'u', 'x', 'X', 'o' -> {
                long number = integer(value, type);
                sign = sign(number < 0, flags);
                body = FormatSpec.digits(number, type == 'i' || type == 'u' ? 'd' : type);
                body = (flags.contains("#") ? FormatSpec.prefix(type) : "")
                        + "0".repeat(Math.max(0, precision - body.length()))
                        + body;
            }
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                double number = real(value);
                sign = sign(number < 0 || 1 / number < 0, flags);
                body = NumberFormat.magnitude(number, type, precision < 0 ? 6 : precision, flags.contains("#"));
            }
            default -> throw Fault.of("unsupported format character '" + type + "'");
        }
        boolean zeros = flags.contains("0") && !flags.contains("-") && "srac".indexOf(type) < 0;
        if (zeros) {
            out.append(sign).append(StringMethods.pad(body, width - sign.length(), "0", 1, budget));
        } else {
            out.append(StringMethods.pad(sign + body, width, " ", flags.contains("-") ? -1 : 1, budget));
        }
        budget.allocate(body.length());
    }

    private static String sign(boolean negative, String flags) {
        return negative ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }

    private String text(Object value, char type, int precision) {
        String whole = type == 's' ? Repr.text(value, budget) : Repr.of(value, budget);
        if (markup && !(value instanceof Markup)) {
            whole = Markup.escape(whole);
        }
        return precision >= 0 && precision < Text.length(whole)
                ? whole.substring(0, Text.offset(whole, precision))
                : whole;
    }

    private static String character(Object value) {
        if (value instanceof String text && Text.length(text) == 1) {
            return text;
        }
        return FormatSpec.character(Values.index(value));
    }

    private static long integer(Object value, char type) {
        if (value instanceof Double number && "diu".indexOf(type) >= 0) {
            return Conversions.truncate(number);
        }
        if (!Comparison.isNumber(value) || value instanceof Double) {
            throw Fault.of("%" + type + " format: an integer is required, not " + Values.typeName(value));
        }
        return Values.index(value);
    }

    private static double real(Object value) {
        if (!Comparison.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.fault()
                    : Fault.of("must be real number, not " + Values.typeName(value));
        }
        return Arithmetic.toDouble(value);
    }
}
