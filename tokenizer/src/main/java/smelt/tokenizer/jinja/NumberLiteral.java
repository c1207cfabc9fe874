package smelt.tokenizer.jinja;

import java.util.Locale;

/** An integer or float as Python writes them: underscores between digits, 0x, 0o, 0b. */
record NumberLiteral(String digits, int radix, boolean isFloat, int end) {
    static NumberLiteral at(String text, int start) {
        int whole = digits(text, start, 10);
        boolean afterDot = start > 0 && text.charAt(start - 1) == '.';
        int end = afterDot ? whole : exponent(text, fraction(text, whole));
        if (end > whole) {
            return new NumberLiteral(clean(text, start, end), 10, true, end);
        }
        if (text.charAt(start) == '0' && start + 1 < text.length()) {
            int radix = radix(text.charAt(start + 1));
            int from = start + 2 < text.length() && text.charAt(start + 2) == '_' ? start + 3 : start + 2;
            int last = radix == 0 ? start : digits(text, from, radix);
            if (last > from) {
                return new NumberLiteral(clean(text, from, last), radix, false, last);
            }
        }
        if (text.charAt(start) == '0') {
            whole = zeros(text, start);
        }
        return new NumberLiteral(clean(text, start, whole), 10, false, whole);
    }

    /** Long or Double; fails with NumberFormatException beyond 64 bits. */
    Object value() {
        if (isFloat) {
            return Double.valueOf(digits);
        }
        return Long.valueOf(Long.parseLong(digits, radix));
    }

    private static String clean(String text, int from, int to) {
        return text.substring(from, to).replace("_", "");
    }

    private static int radix(char letter) {
        return switch (letter) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 0;
        };
    }

    /** The end of digits that single underscores may separate. */
    private static int digits(String text, int start, int radix) {
        int i = start;
        while (i < text.length()) {
            boolean separator = text.charAt(i) == '_' && i > start && isDigit(text, i + 1, radix);
            if (!separator && !isDigit(text, i, radix)) {
                break;
            }
            i++;
        }
        return i;
    }

    private static int zeros(String text, int start) {
        int i = start + 1;
        while (i < text.length() && text.charAt(i) == '0') {
            i++;
        }
        return i;
    }

    private static boolean isDigit(String text, int i, int radix) {
        return i < text.length() && text.charAt(i) < 128 && Character.digit(text.charAt(i), radix) >= 0;
    }

    private static int fraction(String text, int from) {
        if (from < text.length() && text.charAt(from) == '.') {
            int end = digits(text, from + 1, 10);
            return end > from + 1 ? end : from;
        }
        return from;
    }

    private static int exponent(String text, int from) {
        if (from >= text.length()
                || !text.substring(from, from + 1).toLowerCase(Locale.ROOT).equals("e")) {
            return from;
        }
        int i = from + 1;
        if (i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
            i++;
        }
        int end = digits(text, i, 10);
        return end > i ? end : from;
    }
}
