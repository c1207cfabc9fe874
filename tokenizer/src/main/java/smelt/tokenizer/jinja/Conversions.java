package smelt.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The filters int, float, round and abs. */
final class Conversions {
    private static final Pattern FLOAT = Pattern.compile(
            "[+-]?(?:(?:[0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?|(?i:inf|infinity|nan))");

    private Conversions() {}

    static Object integer(Object value, Object fallback, int base) {
        if (Values.isString(value)) {
            String text = Values.string(value, "");
            Long parsed = parse(text, base);
            if (parsed != null) {
                return parsed;
            }
        }
        Double number = number(value);
        return number == null || number.isInfinite() || number.isNaN()
                ? fallback
                : value instanceof Long ? value : (Object) truncate(number);
    }

    static Object real(Object value, Object fallback) {
        Double number = number(value);
        return number == null ? fallback : number;
    }

    static long truncate(double number) {
        if (Double.isNaN(number) || Math.abs(number) >= 0x1p63) {
            throw Fault.limit("an integer of more than 64 bits");
        }
        return (long) number;
    }

    /** The value as a float, or null where it is none. */
    private static @Nullable Double number(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!Values.isString(value)) {
            return Comparison.isNumber(value) ? Double.valueOf(Arithmetic.toDouble(value)) : null;
        }
        String text = Text.strip(Values.string(value, ""), "", true, true);
        if (text.length() > 1000 || !FLOAT.matcher(text).matches() || !separated(text)) {
            return null;
        }
        String lower = text.replace("_", "").toLowerCase(Locale.ROOT);
        if (lower.endsWith("nan")) {
            return Double.NaN;
        }
        if (lower.contains("inf")) {
            return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return Double.valueOf(lower);
    }

    /** Whether underscores stand only between digits. */
    private static boolean separated(String text) {
        for (int i = text.indexOf('_'); i >= 0; i = text.indexOf('_', i + 1)) {
            if (i == 0
                    || i == text.length() - 1
                    || !Character.isLetterOrDigit(text.charAt(i - 1))
                    || !Character.isLetterOrDigit(text.charAt(i + 1))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Long parse(String written, int base) {
        String text = Text.strip(written, "", true, true);
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = base;
        String prefix = digits.length() > 2 ? digits.substring(0, 2).toLowerCase(Locale.ROOT) : "";
        int marked = switch (prefix) {
            case "0x" -> 16;
            case "0o" -> 8;
            case "0b" -> 2;
            default -> 0;
        };
        if (marked != 0 && (base == 0 || base == marked)) {
            digits = digits.substring(2);
            radix = marked;
        } else if (base == 0) {
            radix = 10;
        }
        if (radix < 2 || radix > 36 || !separated(digits)) {
            return null;
        }
        return parse(negative, digits.replace("_", ""), radix);
    }

    private static @Nullable Long parse(boolean negative, String digits, int radix) {
        boolean valid = !digits.isEmpty() && digits.chars().allMatch(c -> Character.digit(c, radix) >= 0);
        if (!valid) {
            return null;
        }
        try {
            return Long.valueOf((negative ? "-" : "") + digits, radix);
        } catch (NumberFormatException tooBig) {
            throw Fault.limit("an integer of more than 64 bits");
        }
    }

    static Object absolute(Object value) {
        return switch (value) {
            case Double number -> Math.abs(number);
            case Undefined undefined -> throw undefined.fault();
            default -> {
                if (!Comparison.isNumber(value)) {
                    throw Fault.of("bad operand type for abs(): '" + Values.typeName(value) + "'");
                }
                yield Math.abs(Values.index(value));
            }
        };
    }

    static Object round(Object value, long precision, String method) {
        if (!Comparison.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.fault()
                    : Fault.of("type " + Values.typeName(value) + " cannot be rounded");
        }
        if (Math.abs(precision) > 300) {
            throw Fault.limit("rounding to " + precision + " digits");
        }
        return switch (method) {
            case "common" -> common(value, (int) precision);
            case "ceil", "floor" -> {
                double scale = Math.pow(10, precision);
                double scaled = Arithmetic.toDouble(value) * scale;
                yield (method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled)) / scale;
            }
            default -> throw Fault.of("method must be common, ceil or floor");
        };
    }

    private static Object common(Object value, int precision) {
        if (value instanceof Double number) {
            if (number.isNaN() || number.isInfinite()) {
                return number;
            }
            double rounded = new BigDecimal(number)
                    .setScale(precision, RoundingMode.HALF_EVEN)
                    .doubleValue();
            return rounded == 0 ? Math.copySign(0.0, number) : rounded;
        }
        long whole = Values.index(value);
        return precision >= 0
                ? whole
                : new BigDecimal(whole)
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .longValue();
    }
}
