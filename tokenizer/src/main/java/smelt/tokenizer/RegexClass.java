package smelt.tokenizer;

import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Parses a bracketed class or an escape for a set of code points, from a place inside a pattern. */
final class RegexClass {
    private static final int MOST_DEPTH = 16;
    private static final CodePointSet DIGIT = property("Nd");
    /** What {@code \\w} means: alphabetic (which includes the enclosed letters), marks, digits, connectors. */
    static final CodePointSet WORD = property("L")
            .union(property("M"))
            .union(property("Nd"))
            .union(property("Nl"))
            .union(property("Pc"))
            .union(CodePointSet.ranges(0x24B6, 0x24E9, 0x1F130, 0x1F149, 0x1F150, 0x1F169, 0x1F170, 0x1F189));

    private static final CodePointSet HEX = CodePointSet.ranges('0', '9', 'A', 'F', 'a', 'f');
    private static final Map<String, CodePointSet> KNOWN = new ConcurrentHashMap<>();

    private final PatternCursor at;
    private int depth;

    /** @param at moves behind what is parsed */
    RegexClass(PatternCursor at) {
        this.at = at;
    }

    /** General categories by their one or two letters, scripts by name. */
    static CodePointSet property(String name) {
        int mask = categoryMask(name);
        if (mask != 0) {
            return CodePointSet.categories(mask);
        }
        String script = name.startsWith("Is") ? name.substring(2) : name;
        try {
            return CodePointSet.script(Character.UnicodeScript.forName(script));
        } catch (IllegalArgumentException e) {
            throw Failure.of(FailureCode.UNSUPPORTED, "Pattern names the unknown property '" + name + "'")
                    .withCause(e);
        }
    }

    private static int categoryMask(String name) {
        return switch (name) {
            case "Lu" -> bit(Character.UPPERCASE_LETTER);
            case "Ll" -> bit(Character.LOWERCASE_LETTER);
            case "Lt" -> bit(Character.TITLECASE_LETTER);
            case "Lm" -> bit(Character.MODIFIER_LETTER);
            case "Lo" -> bit(Character.OTHER_LETTER);
            case "L" -> masks("Lu", "Ll", "Lt", "Lm", "Lo");
            case "Mn" -> bit(Character.NON_SPACING_MARK);
            case "Mc" -> bit(Character.COMBINING_SPACING_MARK);
            case "Me" -> bit(Character.ENCLOSING_MARK);
            case "M" -> masks("Mn", "Mc", "Me");
            case "Nd" -> bit(Character.DECIMAL_DIGIT_NUMBER);
            case "Nl" -> bit(Character.LETTER_NUMBER);
            case "No" -> bit(Character.OTHER_NUMBER);
            case "N" -> masks("Nd", "Nl", "No");
            default -> otherMask(name);
        };
    }

    private static int otherMask(String name) {
        return switch (name) {
            case "Pc" -> bit(Character.CONNECTOR_PUNCTUATION);
            case "Pd" -> bit(Character.DASH_PUNCTUATION);
            case "Ps" -> bit(Character.START_PUNCTUATION);
            case "Pe" -> bit(Character.END_PUNCTUATION);
            case "Pi" -> bit(Character.INITIAL_QUOTE_PUNCTUATION);
            case "Pf" -> bit(Character.FINAL_QUOTE_PUNCTUATION);
            case "Po" -> bit(Character.OTHER_PUNCTUATION);
            case "P" -> masks("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po");
            case "Sm" -> bit(Character.MATH_SYMBOL);
            case "Sc" -> bit(Character.CURRENCY_SYMBOL);
            case "Sk" -> bit(Character.MODIFIER_SYMBOL);
            case "So" -> bit(Character.OTHER_SYMBOL);
            case "S" -> masks("Sm", "Sc", "Sk", "So");
            case "Zs" -> bit(Character.SPACE_SEPARATOR);
            case "Zl" -> bit(Character.LINE_SEPARATOR);
            case "Zp" -> bit(Character.PARAGRAPH_SEPARATOR);
            case "Z" -> masks("Zs", "Zl", "Zp");
            case "Cc" -> bit(Character.CONTROL);
            case "Cf" -> bit(Character.FORMAT);
            case "Co" -> bit(Character.PRIVATE_USE);
            case "Cs" -> bit(Character.SURROGATE);
            case "Cn" -> bit(Character.UNASSIGNED);
            case "C" -> masks("Cc", "Cf", "Co", "Cs", "Cn");
            default -> 0;
        };
    }

    private static int bit(byte type) {
        return 1 << type;
    }

    private static int masks(String... names) {
        int mask = 0;
        for (String name : names) {
            mask |= categoryMask(name);
        }
        return mask;
    }

    /** From behind the opening bracket to behind the closing one. */
    CodePointSet parse() {
        if (++depth > MOST_DEPTH) {
            throw at.malformed("nests classes deeper than " + MOST_DEPTH);
        }
        boolean negated = at.take('^');
        CodePointSet all = CodePointSet.ALL;
        CodePointSet set = CodePointSet.NONE;
        boolean first = true;
        while (first || !at.take(']')) {
            if (at.take("&&")) {
                all = all.intersect(set);
                set = CodePointSet.NONE;
            } else {
                set = set.union(member());
            }
            first = false;
        }
        depth--;
        CodePointSet whole = all.intersect(set);
        return negated ? whole.negate() : whole;
    }

    private CodePointSet member() {
        if (at.take("[:")) {
            return posix();
        }
        if (at.take('[')) {
            return parse();
        }
        int first = at.peek();
        CodePointSet set = element();
        if (at.lookingAt("-]") || !at.take('-')) {
            return set;
        }
        int from = only(set, first);
        int last = at.peek();
        int to = only(element(), last);
        if (from > to) {
            throw at.malformed("has a range that runs backwards");
        }
        return CodePointSet.ranges(from, to);
    }

    private int only(CodePointSet set, int first) {
        int codePoint = set.single();
        if (codePoint < 0) {
            throw at.malformed("has a range from or to a class at '" + Character.toString(first) + "'");
        }
        return codePoint;
    }

    private CodePointSet element() {
        int c = at.next();
        return c == '\\' ? escape() : CodePointSet.of(c);
    }

    private CodePointSet posix() {
        String name = at.until(":]");
        return switch (name) {
            case "space" -> CodePointSet.WHITESPACE;
            case "digit" -> DIGIT;
            case "alpha" -> known("L").union(known("M"));
            case "alnum" -> known("L").union(known("M")).union(DIGIT);
            case "upper" -> known("Lu");
            case "lower" -> known("Ll");
            case "punct" -> known("P").union(known("S"));
            default -> throw at.malformed("has an unknown bracket class '" + name + "'");
        };
    }

    /** From behind the backslash. */
    CodePointSet escape() {
        int c = at.next();
        return switch (c) {
            case 's' -> CodePointSet.WHITESPACE;
            case 'S' -> CodePointSet.WHITESPACE.negate();
            case 'd' -> DIGIT;
            case 'D' -> DIGIT.negate();
            case 'w' -> WORD;
            case 'W' -> WORD.negate();
            case 'h' -> HEX;
            case 'H' -> HEX.negate();
            case 'p' -> namedProperty(false);
            case 'P' -> namedProperty(true);
            case 'x' -> CodePointSet.of(hexadecimal(2));
            case 'u' -> CodePointSet.of(hexadecimal(4));
            default -> CodePointSet.of(control(c));
        };
    }

    private int control(int c) {
        return switch (c) {
            case 'r' -> '\r';
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'v' -> 0x0B;
            case 'a' -> 0x07;
            case 'e' -> 0x1B;
            case '0' -> 0;
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw at.unsupported("\\" + Character.toString(c));
                }
                yield c;
            }
        };
    }

    private CodePointSet namedProperty(boolean negated) {
        String name = at.take('{') ? at.until("}") : Character.toString(at.next());
        boolean caret = name.startsWith("^");
        CodePointSet set = known(caret ? name.substring(1) : name);
        return negated == caret ? set : set.negate();
    }

    private static CodePointSet known(String name) {
        return KNOWN.computeIfAbsent(name, RegexClass::property);
    }

    private int hexadecimal(int digits) {
        String hex = at.take('{') ? at.until("}") : at.next(digits);
        if (hex.isEmpty() || hex.length() > 6 || !hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw at.malformed("has a bad hexadecimal escape '" + hex + "'");
        }
        int codePoint = HexFormat.fromHexDigits(hex);
        if (!Character.isValidCodePoint(codePoint)) {
            throw at.malformed("names no code point with " + hex);
        }
        return codePoint;
    }
}
