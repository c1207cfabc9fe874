package smelt.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import smelt.engine.constraint.Constraint;
import smelt.engine.constraint.Constraints;
import smelt.engine.constraint.Grammar;

/** Every token is a letter: stop strings are easy to hit. It may fail at one of them. */
final class LetterDecoder implements TextDecoder {
    private final int failsAt;
    private int pushed;

    LetterDecoder() {
        this(0);
    }

    /** @param failsAt the number of the token, from 1 on; 0: never */
    LetterDecoder(int failsAt) {
        this.failsAt = failsAt;
    }

    @Override
    public String push(int id) {
        if (++pushed == failsAt) {
            throw failsAt % 2 == 0 ? new OutOfMemoryError("on purpose") : new StackOverflowError("on purpose");
        }
        return text(id);
    }

    private static String text(int id) {
        return String.valueOf((char) ('a' + id % 26));
    }

    /** Some that end, some that need not, and one that gets stuck. */
    static List<Constraint> constraints(int vocabulary) {
        byte[][] texts = new byte[vocabulary][];
        Arrays.setAll(texts, id -> text(id).getBytes(StandardCharsets.UTF_8));
        Constraints constraints = Constraints.of(texts);
        return Stream.of("([a-m]{2,9}z){1,70}", "(ab|b[c-h]*|[i-z]x)*", "[^aeiou]{20}", "[b-y]{0,300}", "[a-z]{5}1")
                .map(pattern -> constraints.compile(new Grammar.Regex(pattern)))
                .toList();
    }

    @Override
    public String flush() {
        return "!";
    }
}
