package smelt.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Floats in the notations e, f, g and %, as C and Python write them. */
final class NumberFormat {
    private static final int MAX_PRECISION = 1000;

    private NumberFormat() {}

    /** Without a sign; {@code alternate} keeps the point and trailing zeros. */
    static String magnitude(double value, char type, int precision, boolean alternate) {
        if (precision > MAX_PRECISION) {
            throw Fault.limit("a number with " + precision + " digits");
        }
        boolean upper = Character.isUpperCase(type);
        String digits = finite(Math.abs(value), Character.toLowerCase(type), precision, alternate);
        return upper ? digits.toUpperCase(Locale.ROOT) : digits;
    }

    private static String finite(double value, char type, int precision, boolean alternate) {
        if (Double.isNaN(value)) {
            return type == '%' ? "nan%" : "nan";
        }
        if (Double.isInfinite(value)) {
            return type == '%' ? "inf%" : "inf";
        }
        return switch (type) {
            case 'f' -> fixed(new BigDecimal(value), precision, alternate);
            case '%' -> fixed(new BigDecimal(value * 100), precision, alternate) + "%";
            case 'e' -> exponent(value, precision, alternate);
            default -> general(value, Math.max(1, precision), alternate);
        };
    }

    private static String fixed(BigDecimal value, int precision, boolean alternate) {
        String text = value.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return alternate && precision == 0 ? text + "." : text;
    }

    private static String exponent(double value, int precision, boolean alternate) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int power = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        BigDecimal mantissa = value == 0 ? BigDecimal.ZERO : rounded.movePointLeft(power);
        return fixed(mantissa, precision, alternate) + power(power);
    }

    private static String power(int power) {
        return "e" + (power < 0 ? "-" : "+") + (Math.abs(power) < 10 ? "0" : "") + Math.abs(power);
    }

    private static String general(double value, int precision, boolean alternate) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(precision, RoundingMode.HALF_EVEN));
        int power = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        if (power < -4 || power >= precision) {
            String text = exponent(value, precision - 1, alternate);
            int e = text.indexOf('e');
            return alternate ? text : trimZeros(text.substring(0, e)) + text.substring(e);
        }
        String text = fixed(new BigDecimal(value), precision - 1 - power, alternate);
        return alternate ? text : trimZeros(text);
    }

    private static String trimZeros(String digits) {
        if (digits.indexOf('.') < 0) {
            return digits;
        }
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
