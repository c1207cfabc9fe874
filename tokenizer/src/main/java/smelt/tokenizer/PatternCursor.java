package smelt.tokenizer;

import java.util.Locale;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** A place in a pattern, moved by what reads it. */
final class PatternCursor {
    private static final int EXCERPT = 8;

    private final String pattern;
    private int at;

    PatternCursor(String pattern) {
        this.pattern = pattern;
    }

    boolean atEnd() {
        return at >= pattern.length();
    }

    boolean lookingAt(String text) {
        return pattern.startsWith(text, at);
    }

    /** Moves behind {@code text} where it is here. */
    boolean take(String text) {
        boolean here = lookingAt(text);
        at += here ? text.length() : 0;
        return here;
    }

    boolean take(char c) {
        boolean here = !atEnd() && pattern.charAt(at) == c;
        at += here ? 1 : 0;
        return here;
    }

    /** @throws Failure MALFORMED at the end */
    int peek() {
        if (atEnd()) {
            throw malformed("ends too early");
        }
        return pattern.codePointAt(at);
    }

    /** @throws Failure MALFORMED at the end */
    int next() {
        int c = peek();
        at += Character.charCount(c);
        return c;
    }

    /** What is here, {@code count} chars or as many as are left. */
    String next(int count) {
        int from = at;
        at = Math.min(pattern.length(), at + count);
        return pattern.substring(from, at);
    }

    /**
     * What is before the next {@code close}; moves behind that.
     *
     * @throws Failure MALFORMED where there is none
     */
    String until(String close) {
        int end = pattern.indexOf(close, at);
        if (end < 0) {
            throw malformed("lacks a '" + close + "'");
        }
        String inside = pattern.substring(at, end);
        at = end + close.length();
        return inside;
    }

    Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, String.format(Locale.ROOT, "Pattern %.200s %s", pattern, what));
    }

    Failure unsupported(String what) {
        return Failure.of(FailureCode.UNSUPPORTED, String.format(Locale.ROOT, "Pattern %.200s uses %s", pattern, what));
    }

    /** What is here, and where. */
    String excerpt() {
        return "'" + pattern.substring(at, Math.min(pattern.length(), at + EXCERPT)) + "' at " + at;
    }
}
