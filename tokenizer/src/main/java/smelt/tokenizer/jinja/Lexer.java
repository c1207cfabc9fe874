package smelt.tokenizer.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Template text to tokens, with the whitespace rules of {@code trim_blocks} and {@code lstrip_blocks}. */
final class Lexer {
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final Source source;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    /** Whether the last tag ended with a line, so that blanks before the next tag are indentation. */
    private boolean lineStarting = true;

    private Lexer(Source source) {
        this.source = source;
        this.text = source.text();
    }

    static List<Token> tokens(Source source) {
        Lexer lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (position < text.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(Token.Kind.DATA, text.substring(position), position);
                position = text.length();
                break;
            }
            char kind = text.charAt(tag + 1);
            int rawEnd = kind == '%' ? endOfTag(tag, "raw", false) : -1;
            int after = tag + 2;
            char sign = after < text.length() ? text.charAt(after) : ' ';
            boolean signed = sign == '-' || sign == '+';
            data(position, tag, signed ? sign : ' ', kind != '{');
            position = signed ? after + 1 : after;
            if (rawEnd >= 0) {
                position = rawEnd;
                lineStarting = text.charAt(position - 1) == '\n';
                raw(tag);
            } else if (kind == '#') {
                comment(tag);
            } else {
                inside(tag, kind == '{');
            }
        }
        add(Token.Kind.END, "", text.length());
    }

    private int nextTag() {
        for (int i = text.indexOf('{', position); i >= 0 && i + 1 < text.length(); i = text.indexOf('{', i + 1)) {
            char next = text.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /** Text up to a tag, stripped as the tag's sign or its place in the line asks. */
    private void data(int from, int to, char sign, boolean isBlock) {
        int end = to;
        if (sign == '-') {
            while (end > from && Text.isSpace(text.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && isBlock) {
            int blank = to;
            while (blank > from && text.charAt(blank - 1) != '\n' && Text.isSpace(text.charAt(blank - 1))) {
                blank--;
            }
            boolean lineBegins = blank > from ? text.charAt(blank - 1) == '\n' : lineStarting;
            if (lineBegins) {
                end = blank;
            }
        }
        if (end > from) {
            add(Token.Kind.DATA, text.substring(from, end), from);
        }
    }

    /** Where the tag {@code word} without arguments at {@code tag} ends, or -1 where another tag stands. */
    private int endOfTag(int tag, String word, boolean trims) {
        int i = tag + 2;
        if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
            i++;
        }
        i = skipSpace(i);
        if (!text.startsWith(word, i)) {
            return -1;
        }
        i = skipSpace(i + word.length());
        if (text.startsWith("-%}", i)) {
            return skipSpace(i + 3);
        }
        if (trims && text.startsWith("+%}", i)) {
            return i + 3;
        }
        if (!text.startsWith("%}", i)) {
            return -1;
        }
        return trims ? skipNewline(i + 2) : i + 2;
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < text.length() && Text.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private int skipNewline(int from) {
        return from < text.length() && text.charAt(from) == '\n' ? from + 1 : from;
    }

    private void raw(int tag) {
        if (position == text.length()) {
            return;
        }
        for (int i = text.indexOf("{%", position); i >= 0; i = text.indexOf("{%", i + 1)) {
            int end = endOfTag(i, "endraw", true);
            if (end >= 0) {
                char sign = text.charAt(i + 2);
                data(position, i, sign == '-' || sign == '+' ? sign : ' ', true);
                finishTag(end);
                return;
            }
        }
        throw source.malformed(tag, "missing end of raw directive");
    }

    private void comment(int tag) {
        if (position == text.length()) {
            return;
        }
        int close = text.indexOf("#}", position);
        if (close < 0) {
            throw source.malformed(tag, "missing end of comment tag");
        }
        boolean before = close > position;
        if (before && text.charAt(close - 1) == '-') {
            finishTag(skipSpace(close + 2));
        } else if (before && text.charAt(close - 1) == '+') {
            finishTag(close + 2);
        } else {
            finishTag(skipNewline(close + 2));
        }
    }

    private void finishTag(int end) {
        position = end;
        lineStarting = text.charAt(end - 1) == '\n';
    }

    /** The tokens of one tag, up to and with its end. */
    private void inside(int tag, boolean variable) {
        add(variable ? Token.Kind.VARIABLE_BEGIN : Token.Kind.BLOCK_BEGIN, variable ? "{{" : "{%", tag);
        Deque<Character> open = new ArrayDeque<>();
        while (position < text.length()) {
            if (open.isEmpty() && (variable ? endVariable() : endBlock())) {
                return;
            }
            if (Text.isSpace(text.charAt(position))) {
                position++;
            } else {
                token(open);
            }
        }
    }

    private boolean endVariable() {
        boolean strips = text.startsWith("-}}", position);
        if (!strips && !text.startsWith("}}", position)) {
            return false;
        }
        add(Token.Kind.VARIABLE_END, "}}", position);
        finishTag(strips ? skipSpace(position + 3) : position + 2);
        return true;
    }

    private boolean endBlock() {
        int end;
        if (text.startsWith("-%}", position)) {
            end = skipSpace(position + 3);
        } else if (text.startsWith("+%}", position)) {
            end = position + 3;
        } else if (text.startsWith("%}", position)) {
            end = skipNewline(position + 2);
        } else {
            return false;
        }
        add(Token.Kind.BLOCK_END, "%}", position);
        finishTag(end);
        return true;
    }

    private void token(Deque<Character> open) {
        char c = text.charAt(position);
        if (c >= '0' && c <= '9') {
            number();
        } else if (Character.isUnicodeIdentifierPart(text.codePointAt(position)) || c == '_') {
            name();
        } else if ((c == '\'' || c == '"') && closingQuote(c) > 0) {
            int close = closingQuote(c);
            String value = StringLiteral.unescape(source, position + 1, close);
            add(Token.Kind.STRING, value, position);
            position = close + 1;
        } else {
            operator(open);
        }
    }

    private int closingQuote(char quote) {
        for (int i = position + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == quote) {
                return i;
            }
        }
        return -1;
    }

    private void name() {
        int end = position;
        while (end < text.length()
                && (text.charAt(end) == '_' || Character.isUnicodeIdentifierPart(text.codePointAt(end)))) {
            end += Character.charCount(text.codePointAt(end));
        }
        add(Token.Kind.NAME, text.substring(position, end), position);
        position = end;
    }

    private void operator(Deque<Character> open) {
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, position)) {
                balance(operator, open);
                add(Token.Kind.OPERATOR, operator, position);
                position += operator.length();
                return;
            }
        }
        throw source.malformed(position, "unexpected character '" + text.charAt(position) + "'");
    }

    private void balance(String operator, Deque<Character> open) {
        switch (operator) {
            case "{" -> open.push('}');
            case "(" -> open.push(')');
            case "[" -> open.push(']');
            case "}", ")", "]" -> {
                if (open.isEmpty() || open.pop() != operator.charAt(0)) {
                    throw source.malformed(position, "unexpected '" + operator + "'");
                }
            }
            default -> {}
        }
    }

    private void number() {
        int start = position;
        NumberLiteral literal = NumberLiteral.at(text, start);
        position = literal.end();
        try {
            tokens.add(new Token(Token.Kind.NUMBER, text.substring(start, position), literal.value(), start));
        } catch (NumberFormatException tooBig) {
            throw source.malformed(start, "an integer of more than 64 bits");
        }
    }

    private void add(Token.Kind kind, String value, int at) {
        tokens.add(new Token(kind, value, value, at));
    }
}
