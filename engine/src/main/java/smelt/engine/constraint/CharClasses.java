package smelt.engine.constraint;

import java.util.function.IntPredicate;
import smelt.engine.constraint.RegexParser.Letters;

/** What the classes of patterns stand for. Dialects differ beyond ASCII: what only some of them take is left out. */
final class CharClasses {
    static final Letters DIGIT = new Letters(CharSet.DIGITS, CharSet.DIGITS.union(all(Character::isDigit)));
    static final Letters WORD = new Letters(
            CharSet.WORD,
            CharSet.WORD.union(all(c -> Character.isLetterOrDigit(c)
                    || Character.getType(c) == Character.NON_SPACING_MARK
                    || Character.getType(c) == Character.CONNECTOR_PUNCTUATION)));
    static final Letters SPACE = new Letters(CharSet.SPACE, CharSet.ANY_SPACE);
    /** What a dot stands for. */
    static final CharSet DOT = CharSet.LINE_ENDS.union(CharSet.only(0x85)).negate();

    private CharClasses() {}

    private static CharSet all(IntPredicate members) {
        int[] changes = new int[8192];
        int count = 0;
        boolean inside = false;
        for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
            boolean member = c <= Character.MAX_CODE_POINT && members.test(c);
            if (member != inside) {
                changes[count++] = member ? c : c - 1;
                inside = member;
            }
        }
        return CharSet.ordered(changes, count);
    }
}
