package smelt.tokenizer.jinja;

import org.jspecify.annotations.Nullable;

/** Python's escapes in string literals; unknown ones stay as they are written. */
final class StringLiteral {
    private StringLiteral() {}

    static String unescape(Source source, int from, int to) {
        String text = source.text();
        if (text.indexOf('\\', from) < 0 || text.indexOf('\\', from) >= to) {
            return text.substring(from, to);
        }
        StringBuilder out = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = text.charAt(i++);
            String simple = simple(escape);
            if (simple != null) {
                out.append(simple);
            } else if (escape >= '0' && escape <= '7') {
                i = octal(text, i - 1, to, out);
            } else if (escape == 'x' || escape == 'u' || escape == 'U') {
                i = hex(source, i, to, escape, out);
            } else if (escape == 'N') {
                throw source.malformed(i - 2, "character names in strings are not supported");
            } else if (escape > 127) {
                i = nonAscii(text, i - 1, out);
            } else {
                out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private static @Nullable String simple(char escape) {
        return switch (escape) {
            case '\n' -> "";
            case '\\', '\'', '"' -> String.valueOf(escape);
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'v' -> "\u000b";
            default -> null;
        };
    }

    private static int octal(String text, int from, int to, StringBuilder out) {
        int value = 0;
        int i = from;
        while (i < to && i < from + 3 && text.charAt(i) >= '0' && text.charAt(i) <= '7') {
            value = value * 8 + text.charAt(i++) - '0';
        }
        out.appendCodePoint(value);
        return i;
    }

    private static int hex(Source source, int from, int to, char kind, StringBuilder out) {
        int count = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
        int value = 0;
        for (int i = from; i < from + count; i++) {
            int digit = i < to ? Character.digit(source.text().charAt(i), 16) : -1;
            if (digit < 0) {
                throw source.malformed(from - 2, "truncated \\" + kind + " escape");
            }
            value = value * 16 + digit;
        }
        if (!Character.isValidCodePoint(value)) {
            throw source.malformed(from - 2, "illegal Unicode character");
        }
        out.appendCodePoint(value);
        return from + count;
    }

    /** Jinja2 turns other characters into escapes first, so that a backslash before one keeps both from being read. */
    private static int nonAscii(String text, int at, StringBuilder out) {
        int codePoint = text.codePointAt(at);
        String format = codePoint < 0x100 ? "\\x%02x" : codePoint < 0x10000 ? "\\u%04x" : "\\U%08x";
        out.append(String.format(format, codePoint));
        return at + Character.charCount(codePoint);
    }
}
