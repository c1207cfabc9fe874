package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.List;
import smelt.engine.constraint.Expr.Rule;

/**
 * The texts of JSON: compact, with at most one space behind a comma or a colon; numbers of at most 20 digits before and
 * behind the point and an exponent of two. What occurs in many places is a rule, so that its states are made once.
 */
final class JsonText {
    static final int MOST_DIGITS = 20;
    private static final CharSet HEX = CharSet.of('0', '9', 'A', 'F', 'a', 'f');
    /** Characters of strings that stand for themselves. */
    static final CharSet PLAIN = CharSet.of(0x20, 0x21, 0x23, 0x5B, 0x5D, Character.MAX_CODE_POINT);

    private static final String ESCAPED = "\"\\\b\f\n\r\t";
    private static final String ESCAPES = "\"\\bfnrt";

    static final Expr COLON = Expr.sequence(Expr.text(":"), Expr.optional(Expr.text(" ")));
    static final Expr COMMA = Expr.sequence(Expr.text(","), Expr.optional(Expr.text(" ")));

    final Rule string = new Rule("a string", quoted(Expr.any(letter())));
    final Rule integer = new Rule("an integer", integerText());
    final Rule number = new Rule("a number", numberText());
    final Rule object = new Rule("an object");
    final Rule array = new Rule("an array");
    final Rule value = new Rule("a value");

    JsonText() {
        Expr member = Expr.sequence(Expr.call(string), COLON, Expr.call(value));
        object.define(enclosed("{", member, "}"));
        array.define(enclosed("[", Expr.call(value), "]"));
        value.define(Expr.choice(
                Expr.call(object),
                Expr.call(array),
                Expr.call(string),
                Expr.call(number),
                Expr.text("true"),
                Expr.text("false"),
                Expr.text("null")));
    }

    /** Any number of items between brackets. */
    static Expr enclosed(String open, Expr item, String close) {
        Expr items = Expr.sequence(item, Expr.any(Expr.sequence(COMMA, item)));
        return Expr.sequence(Expr.text(open), Expr.optional(items), Expr.text(close));
    }

    static Expr quoted(Expr content) {
        return Expr.sequence(Expr.text("\""), content, Expr.text("\""));
    }

    /** One character of a string: itself or an escape. */
    static Expr letter() {
        return Expr.choice(new Expr.Chars(PLAIN), Expr.sequence(Expr.text("\\"), escape()));
    }

    /** Surrogates come in pairs only. */
    private static Expr escape() {
        Expr hex = new Expr.Chars(HEX);
        Expr d = new Expr.Chars(CharSet.of('D', 'D', 'd', 'd'));
        Expr notD = new Expr.Chars(HEX.minus(CharSet.of('D', 'D', 'd', 'd')));
        Expr low = new Expr.Chars(CharSet.of('0', '7'));
        Expr lead = Expr.sequence(d, new Expr.Chars(CharSet.of('8', '9', 'A', 'B', 'a', 'b')), hex, hex);
        Expr trail = Expr.sequence(Expr.text("\\u"), d, new Expr.Chars(CharSet.of('C', 'F', 'c', 'f')), hex, hex);
        return Expr.choice(
                new Expr.Chars(
                        CharSet.of('"', '"', '/', '/', '\\', '\\', 'b', 'b', 'f', 'f', 'n', 'n', 'r', 'r', 't', 't')),
                Expr.sequence(
                        Expr.text("u"),
                        Expr.choice(
                                Expr.sequence(notD, hex, hex, hex),
                                Expr.sequence(d, low, hex, hex),
                                Expr.sequence(lead, trail))));
    }

    /**
     * Any of these characters, as strings spell them without needless escapes; rare control characters are left out.
     */
    static Expr letterOf(CharSet set) {
        CharSet plain = set.and(PLAIN);
        CharSet escapes = escapes(set);
        List<Expr> choices = new ArrayList<>();
        if (!plain.isEmpty()) {
            choices.add(new Expr.Chars(plain));
        }
        if (!escapes.isEmpty()) {
            choices.add(Expr.sequence(Expr.text("\\"), new Expr.Chars(escapes)));
        }
        return Expr.choice(choices);
    }

    /** What follows the backslash of those characters that need one. */
    static CharSet escapes(CharSet set) {
        CharSet all = CharSet.NONE;
        for (int i = 0; i < ESCAPED.length(); i++) {
            if (set.contains(ESCAPED.charAt(i))) {
                all = all.union(CharSet.only(ESCAPES.charAt(i)));
            }
        }
        return all;
    }

    /** A character that does not stand for itself in a string. */
    static String escaped(int c) {
        int at = ESCAPED.indexOf(c);
        return at >= 0 ? "\\" + ESCAPES.charAt(at) : String.format("\\u%04x", c);
    }

    private static Expr integerText() {
        Expr digit = new Expr.Chars(CharSet.DIGITS);
        Expr first = new Expr.Chars(CharSet.of('1', '9'));
        return Expr.sequence(
                Expr.optional(Expr.text("-")),
                Expr.choice(Expr.text("0"), Expr.sequence(first, new Expr.Repeat(digit, 0, MOST_DIGITS - 1))));
    }

    private static Expr numberText() {
        Expr digit = new Expr.Chars(CharSet.DIGITS);
        Expr fraction = Expr.sequence(Expr.text("."), new Expr.Repeat(digit, 1, MOST_DIGITS));
        Expr exponent = Expr.sequence(
                new Expr.Chars(CharSet.of('E', 'E', 'e', 'e')),
                Expr.optional(new Expr.Chars(CharSet.of('+', '+', '-', '-'))),
                new Expr.Repeat(digit, 1, 2));
        return Expr.sequence(integerText(), Expr.optional(fraction), Expr.optional(exponent));
    }
}
