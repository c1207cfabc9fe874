package smelt.tokenizer.jinja;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands behind the colon in {@code "{:>8.2f}".format(x)}. */
final class FormatSpec {
    private static final Pattern SYNTAX = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?(.)?", Pattern.DOTALL);

    private final String fill;
    private final char align;
    private final String sign;
    private final boolean alternate;
    private final int width;
    private final String grouping;
    private final int precision;
    private final char type;

    private FormatSpec(Matcher syntax) {
        boolean zero = syntax.group(5) != null;
        this.fill = orElse(syntax.group(1), zero ? "0" : " ");
        this.align = orElse(syntax.group(2), zero ? "=" : " ").charAt(0);
        this.sign = orElse(syntax.group(3), "-");
        this.alternate = syntax.group(4) != null;
        this.width = Integer.parseInt(orElse(syntax.group(6), "0"));
        this.grouping = orElse(syntax.group(7), "");
        this.precision = Integer.parseInt(orElse(syntax.group(8), "-1"));
        this.type = orElse(syntax.group(9), " ").charAt(0);
    }

    private static String orElse(@Nullable String group, String fallback) {
        return group == null ? fallback : group;
    }

    static String format(Object value, String spec, Budget budget) {
        if (spec.isEmpty()) {
            return Repr.text(value, budget);
        }
        Matcher syntax = SYNTAX.matcher(spec);
        if (!syntax.matches()) {
            throw Fault.of("invalid format specifier '" + spec + "'");
        }
        FormatSpec parsed = new FormatSpec(syntax);
        return switch (value) {
            case Boolean flag -> parsed.integer(flag ? 1 : 0, budget);
            case Long number -> parsed.integer(number, budget);
            case Double number -> parsed.real(number, budget);
            case String text -> parsed.string(text, budget);
            case Markup markup -> parsed.string(markup.text(), budget);
            default -> throw Fault.of("unsupported format string for " + Values.typeName(value));
        };
    }

    private String string(String text, Budget budget) {
        boolean wrong = (type != ' ' && type != 's') || alternate || !grouping.isEmpty() || !sign.equals("-");
        if (wrong || (align == '=' && !fill.equals("0"))) {
            throw Fault.of("invalid format specifier for a string");
        }
        String cut = precision >= 0 && precision < Text.length(text)
                ? text.substring(0, Text.offset(text, precision))
                : text;
        return text(cut, '<', budget);
    }

    private String text(String text, char fallback, Budget budget) {
        char side = align == ' ' || align == '=' ? fallback : align;
        long missing = (long) width - Text.length(text);
        if (side == '^' && missing > 0) {
            budget.allocate(missing);
            return fill.repeat((int) missing / 2) + text + fill.repeat((int) (missing - missing / 2));
        }
        return StringMethods.pad(text, width, fill, side == '<' ? -1 : 1, budget);
    }

    private String integer(long value, Budget budget) {
        return switch (type) {
            case ' ', 'd', 'n', 'b', 'o', 'x', 'X' -> {
                if (precision >= 0) {
                    throw Fault.of("precision not allowed in an integer format");
                }
                String digits = group(
                        digits(value, type == ' ' || type == 'n' ? 'd' : type), type == 'd' || type == ' ' ? 3 : 4);
                yield number(value < 0, alternate ? prefix(type) : "", digits, budget);
            }
            case 'c' -> text(character(value), '<', budget);
            default -> real((double) value, budget);
        };
    }

    private String real(double value, Budget budget) {
        boolean negative = value < 0 || 1 / value < 0;
        String digits = switch (type) {
            case 'e', 'E', 'f', 'F', 'g', 'G', '%' ->
                NumberFormat.magnitude(value, type, precision < 0 ? 6 : precision, alternate);
            case 'n' -> NumberFormat.magnitude(value, 'g', precision < 0 ? 6 : precision, alternate);
            case ' ' -> unnamed(value);
            default -> throw Fault.of("unknown format code '" + type + "' for a float");
        };
        return number(negative, "", group(digits, 3), budget);
    }

    /** Without a type: as {@code str()}, or with so many significant digits and at least one behind the point. */
    private String unnamed(double value) {
        if (precision < 0) {
            return Repr.number(Math.abs(value));
        }
        String digits = NumberFormat.magnitude(value, 'g', precision, alternate);
        boolean whole = digits.chars().allMatch(Character::isDigit);
        if (!whole) {
            return digits;
        }
        return digits.length() < Math.max(1, precision)
                ? digits + ".0"
                : NumberFormat.magnitude(value, 'e', Math.max(0, Math.max(1, precision) - 1), alternate)
                        .replaceFirst("\\.?0+e", "e");
    }

    private String group(String digits, int size) {
        if (grouping.isEmpty()) {
            return digits;
        }
        int end = 0;
        while (end < digits.length() && Character.digit(digits.charAt(end), 16) >= 0 && digits.charAt(end) != 'e') {
            end++;
        }
        StringBuilder out = new StringBuilder(digits);
        for (int i = end - size; i > 0; i -= size) {
            out.insert(i, grouping);
        }
        return out.toString();
    }

    private String number(boolean negative, String prefix, String digits, Budget budget) {
        String lead = (negative ? "-" : sign.equals("-") ? "" : sign) + prefix;
        if (align == '=') {
            return lead + StringMethods.pad(digits, width - lead.length(), fill, 1, budget);
        }
        return text(lead + digits, '>', budget);
    }

    /** The digits of a number without its sign. */
    static String digits(long value, char type) {
        String signed = Long.toString(value, radix(type));
        String digits = signed.startsWith("-") ? signed.substring(1) : signed;
        return type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
    }

    private static int radix(char type) {
        return switch (type) {
            case 'x', 'X' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> 10;
        };
    }

    static String prefix(char type) {
        return type == 'x' || type == 'X' || type == 'o' || type == 'b' ? "0" + type : "";
    }

    static String character(long codePoint) {
        if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
            throw Fault.of("%c argument not in range(0x110000)");
        }
        return Character.toString((int) codePoint);
    }
}
