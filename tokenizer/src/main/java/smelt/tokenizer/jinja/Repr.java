package smelt.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;

/** Python's {@code str()} and {@code repr()}. */
final class Repr {
    private final Budget budget;
    private final StringBuilder out = new StringBuilder();
    private int charged;

    private Repr(Budget budget) {
        this.budget = budget;
    }

    /** {@code str(value)}: what an expression prints. */
    static String text(Object value, Budget budget) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Undefined undefined -> "";
            case Long number -> number.toString();
            default -> of(value, budget);
        };
    }

    static String of(Object value, Budget budget) {
        Repr repr = new Repr(budget);
        repr.append(value);
        repr.charge();
        return repr.out.toString();
    }

    private void charge() {
        budget.allocate(out.length() - charged);
        charged = out.length();
    }

    private void append(Object value) {
        budget.enter();
        switch (value) {
            case None none -> out.append("None");
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Long number -> out.append(number);
            case Double number -> out.append(number(number));
            case String text -> quote(text);
            case Markup markup -> {
                out.append("Markup(");
                quote(markup.text());
                out.append(')');
            }
            case Undefined undefined -> out.append("Undefined");
            case Tuple tuple -> {
                items("(", tuple, "");
                out.append(tuple.size() == 1 ? ",)" : ")");
            }
            case Range range -> out.append(range.repr());
            case List<?> list -> items("[", list, "]");
            case Map<?, ?> map -> entries(map);
            case View view -> items(view.kind() + "([", view.elements(), "])");
            case Namespace namespace -> {
                out.append("<Namespace ");
                entries(namespace.attributes());
                out.append('>');
            }
            case Callable callable -> out.append(callable.describe());
            default -> out.append("<generator object>");
        }
        charge();
        budget.leave();
    }

    private void items(String open, List<?> items, String close) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            append(items.get(i));
        }
        out.append(close);
    }

    private void entries(Map<?, ?> map) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            append(entry.getKey());
            out.append(": ");
            append(entry.getValue());
            separator = ", ";
        }
        out.append('}');
    }

    private void quote(String text) {
        budget.allocate(text.length());
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> character(c, quote);
            }
        });
        out.append(quote);
    }

    private void character(int c, char quote) {
        if (c == quote) {
            out.append('\\').append(quote);
        } else if (isPrintable(c)) {
            out.appendCodePoint(c);
        } else {
            escape(c);
        }
    }

    private void escape(int c) {
        String format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
        out.append(String.format(format, c));
    }

    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /** The shortest digits that read back as {@code value}, with an exponent below 1e-4 and from 1e16. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal digits = shortest(value);
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent < -4 || exponent >= 16) {
            String unscaled = digits.unscaledValue().abs().toString();
            String fraction = unscaled.length() > 1 ? "." + unscaled.substring(1) : "";
            String sign = exponent < 0 ? "-" : "+";
            String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
            return (value < 0 ? "-" : "") + unscaled.charAt(0) + fraction + "e" + sign + power;
        }
        String plain = digits.toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    private static BigDecimal shortest(double value) {
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (digits.precision() == 2) {
            // Double.toString never goes below two digits, even where one is enough (4.9E-324).
            BigDecimal one = digits.round(new MathContext(1));
            if (one.doubleValue() == value) {
                return one.stripTrailingZeros();
            }
        }
        return digits;
    }
}
