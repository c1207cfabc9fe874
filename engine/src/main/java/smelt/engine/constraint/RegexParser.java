package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Parses patterns as ECMA-262 has them, as far as they are regular; all else is refused by name and place. */
final class RegexParser {
    private static final int MOST_REPEATS = 100_000;
    private static final String SYNTAX = "^$\\.*+?()[]{}|/";

    private final String pattern;
    private int at;
    private int depth;

    private RegexParser(String pattern) {
        this.pattern = pattern;
    }

    /**
     * A pattern whose alternatives may be anywhere in the text, but where they are anchored.
     *
     * @param fromStart whether it begins with the text
     * @param toEnd whether it ends with the text
     */
    record Alternative(Expr expr, boolean fromStart, boolean toEnd) {}

    /**
     * Some of the characters that there are.
     *
     * @param all that surely belong to it
     * @param most that may belong to it, as some dialect or other understands it
     */
    record Letters(CharSet all, CharSet most) {
        static Letters of(CharSet set) {
            return new Letters(set, set);
        }

        Letters union(Letters other) {
            return new Letters(all.union(other.all), most.union(other.most));
        }

        Letters negate() {
            return new Letters(most.negate(), all.negate());
        }
    }

    /** What the whole text must be. */
    static Expr whole(String pattern) {
        return Expr.choice(alternatives(pattern).stream().map(Alternative::expr).toList());
    }

    /** What must be somewhere in the text. */
    static Expr search(String pattern) {
        Expr anything = Expr.any(new Expr.Chars(CharSet.ALL));
        return Expr.choice(alternatives(pattern).stream()
                .map(one -> Expr.sequence(
                        one.fromStart ? Expr.EMPTY : anything, one.expr, one.toEnd ? Expr.EMPTY : anything))
                .toList());
    }

    private static List<Alternative> alternatives(String pattern) {
        if (pattern.length() > Limits.CHARS) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "A pattern has " + pattern.length() + " characters, more than " + Limits.CHARS);
        }
        var parser = new RegexParser(pattern);
        List<Alternative> all = new ArrayList<>();
        do {
            boolean fromStart = parser.take("^");
            Expr expr = parser.sequence();
            all.add(new Alternative(expr, fromStart, parser.take("$")));
        } while (parser.take("|"));
        if (parser.at < pattern.length()) {
            throw parser.malformed(parser.peek() == ')' ? "has a ')' too many" : "has a '$' before its end");
        }
        return all;
    }

    private Expr choice() {
        if (++depth > Limits.DEPTH) {
            throw Limits.tooDeep("The pattern");
        }
        List<Expr> choices = new ArrayList<>();
        do {
            choices.add(sequence());
        } while (take("|"));
        depth--;
        return Expr.choice(choices);
    }

    private Expr sequence() {
        List<Expr> parts = new ArrayList<>();
        while (at < pattern.length() && peek() != '|' && peek() != ')' && !atLastAnchor()) {
            parts.add(repeated(atom()));
        }
        return parts.size() == 1 ? parts.getFirst() : new Expr.Sequence(List.copyOf(parts));
    }

    /** Outside of groups a '$' may end an alternative. */
    private boolean atLastAnchor() {
        boolean last = at + 1 == pattern.length() || pattern.charAt(at + 1) == '|';
        return peek() == '$' && depth == 0 && last;
    }

    private Expr atom() {
        int begin = at;
        int c = next();
        return switch (c) {
            case '(' -> group();
            case '[' -> new Expr.Chars(characterClass());
            case '.' -> new Expr.Chars(CharClasses.DOT);
            case '\\' -> new Expr.Chars(escape(false).all());
            case '^', '$' -> throw unsupported(begin, "an anchor that is not at the end of an alternative");
            case '*', '+', '?' -> throw malformed("repeats nothing");
            default -> new Expr.Chars(CharSet.only(c));
        };
    }

    private Expr group() {
        int begin = at - 1;
        if (take("?")) {
            boolean named = peek() == '<' && at + 1 < pattern.length() && "=!".indexOf(pattern.charAt(at + 1)) < 0;
            if (named) {
                int end = pattern.indexOf('>', at);
                at = end < 0 ? pattern.length() : end + 1;
            } else if (!take(":")) {
                throw unsupported(begin, "a group that looks around, or that sets flags");
            }
        }
        Expr inner = choice();
        if (!take(")")) {
            throw malformed("lacks a ')'");
        }
        return inner;
    }

    private Expr repeated(Expr part) {
        int least;
        int most = Integer.MAX_VALUE;
        if (take("*")) {
            least = 0;
        } else if (take("+")) {
            least = 1;
        } else if (take("?")) {
            least = 0;
            most = 1;
        } else if (atCount()) {
            at++;
            least = number();
            most = !take(",") ? least : peek() == '}' ? Integer.MAX_VALUE : number();
            at++;
        } else {
            return part;
        }
        if (least > most) {
            throw malformed("repeats {" + least + "," + most + "}");
        }
        boolean lazy = take("?");
        if (!lazy && at < pattern.length() && "*+?".indexOf(peek()) >= 0 || atCount()) {
            throw malformed("repeats what is repeated");
        }
        return new Expr.Repeat(part, least, most);
    }

    /** Whether a count in braces follows; other braces stand for themselves. */
    private boolean atCount() {
        int end = pattern.indexOf('}', at);
        return at < pattern.length()
                && peek() == '{'
                && end > 0
                && end - at < 24
                && pattern.substring(at, end + 1).matches("\\{[0-9]+(,[0-9]*)?}");
    }

    private int number() {
        int begin = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        String digits = pattern.substring(begin, at);
        if (digits.length() > 9 || Integer.parseInt(digits) > MOST_REPEATS) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "The pattern repeats more than " + MOST_REPEATS + " times at character " + begin);
        }
        return Integer.parseInt(digits);
    }

    private CharSet characterClass() {
        boolean negated = take("^");
        Letters letters = Letters.of(CharSet.NONE);
        while (!take("]")) {
            Letters first = classItem();
            boolean range = at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']';
            if (range) {
                at++;
                letters = letters.union(Letters.of(CharSet.of(single(first), last(single(first)))));
            } else {
                letters = letters.union(first);
            }
        }
        return negated ? letters.negate().all() : letters.all();
    }

    private int last(int first) {
        int last = single(classItem());
        if (last < first) {
            throw malformed("has a range that ends before it begins");
        }
        return last;
    }

    private int single(Letters letters) {
        CharSet set = letters.all;
        if (set.rangeCount() != 1 || set.first(0) != set.last(0)) {
            throw malformed("has a range from or to a class");
        }
        return set.first(0);
    }

    private Letters classItem() {
        int c = next();
        return c == '\\' ? escape(true) : Letters.of(CharSet.only(c));
    }

    private Letters escape(boolean inClass) {
        int begin = at - 1;
        int c = next();
        return switch (c) {
            case 'd' -> CharClasses.DIGIT;
            case 'D' -> CharClasses.DIGIT.negate();
            case 'w' -> CharClasses.WORD;
            case 'W' -> CharClasses.WORD.negate();
            case 's' -> CharClasses.SPACE;
            case 'S' -> CharClasses.SPACE.negate();
            default -> Letters.of(CharSet.only(escaped(c, begin, inClass)));
        };
    }

    private int escaped(int c, int begin, boolean inClass) {
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'v' -> 0x0B;
            case 'x' -> hex(2);
            case 'u' -> unicode();
            default -> {
                if (c == 'b' && inClass) {
                    yield '\b';
                }
                boolean zero = c == '0' && (at == pattern.length() || peek() < '0' || peek() > '9');
                if (zero) {
                    yield 0;
                }
                if (SYNTAX.indexOf(c) < 0 && (Character.isLetterOrDigit(c) || c == '_')) {
                    throw unsupported(begin, "\\" + Character.toString(c));
                }
                yield c;
            }
        };
    }

    private int unicode() {
        if (take("{")) {
            int end = pattern.indexOf('}', at);
            int digits = end - at;
            if (digits < 1 || digits > 8) {
                throw malformed("has a \\u without its digits");
            }
            int value = hex(digits);
            at++;
            return value;
        }
        int unit = hex(4);
        boolean pair = Character.isHighSurrogate((char) unit) && pattern.startsWith("\\u", at);
        if (!pair) {
            return unit;
        }
        at += 2;
        return Character.toCodePoint((char) unit, (char) hex(4));
    }

    private int hex(int digits) {
        int end = at + digits;
        String text = end > pattern.length() ? "" : pattern.substring(at, end);
        if (!text.matches("[0-9a-fA-F]+") || Long.parseLong(text, 16) > Character.MAX_CODE_POINT) {
            throw malformed("has an escape without its digits");
        }
        at = end;
        return Integer.parseInt(text, 16);
    }

    private char peek() {
        return at < pattern.length() ? pattern.charAt(at) : '\0';
    }

    private int next() {
        if (at >= pattern.length()) {
            throw malformed("ends in the middle");
        }
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private boolean take(String text) {
        if (pattern.startsWith(text, at)) {
            at += text.length();
            return true;
        }
        return false;
    }

    private Failure malformed(String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "The pattern " + what + " at character " + at + place(at));
    }

    private Failure unsupported(int begin, String what) {
        return Failure.of(
                        FailureCode.UNSUPPORTED,
                        "The pattern has " + what + " at character " + begin + place(begin)
                                + ", which cannot be a constraint")
                .withNextStep("write it without: classes, groups, alternatives and counts are there");
    }

    private String place(int begin) {
        int from = Math.clamp(begin, 0, pattern.length());
        String rest = pattern.substring(from, Math.min(pattern.length(), from + 20));
        return rest.isEmpty() ? "" : ", before " + rest;
    }
}
