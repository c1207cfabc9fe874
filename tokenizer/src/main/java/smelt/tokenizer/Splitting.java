package smelt.tokenizer;

import java.util.Locale;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Cuts at the matches of a pattern. */
final class Splitting implements PreTokenizer {
    /** What becomes of a match. */
    enum Behavior {
        REMOVED,
        ISOLATED,
        MERGED_WITH_PREVIOUS,
        MERGED_WITH_NEXT,
        CONTIGUOUS;

        static Behavior named(String name) {
            return switch (name.toLowerCase(Locale.ROOT).replace("_", "")) {
                case "removed" -> REMOVED;
                case "isolated" -> ISOLATED;
                case "mergedwithprevious" -> MERGED_WITH_PREVIOUS;
                case "mergedwithnext" -> MERGED_WITH_NEXT;
                case "contiguous" -> CONTIGUOUS;
                default -> throw Failure.of(FailureCode.UNSUPPORTED, "Split behavior '" + name + "' is unknown");
            };
        }
    }

    private final Regex pattern;
    private final Behavior behavior;
    private final boolean invert;

    /** @param invert whether what lies between the matches counts as the match */
    Splitting(String pattern, Behavior behavior, boolean invert) {
        this.pattern = Regex.compile(pattern);
        this.behavior = behavior;
        this.invert = invert;
    }

    static Splitting isolate(String pattern) {
        return new Splitting(pattern, Behavior.ISOLATED, false);
    }

    /** A pattern that matches exactly {@code text}. */
    static String literal(String text) {
        StringBuilder pattern = new StringBuilder();
        text.codePoints().forEach(cp -> pattern.append(String.format("\\x{%x}", cp)));
        return pattern.toString();
    }

    @Override
    public void split(int[] text, int start, int end, boolean first, Pieces out) {
        Cutter cutter = new Cutter(text, start, first, out);
        Regex.Matcher matcher = pattern.matcher(text, start, end);
        int done = start;
        int from = start;
        while (from <= end && matcher.find(from)) {
            int matchStart = matcher.matchStart();
            int matchEnd = matcher.matchEnd();
            cutter.part(done, matchStart, invert);
            cutter.part(matchStart, matchEnd, !invert);
            done = matchEnd;
            from = matchEnd > matchStart ? matchEnd : matchEnd + 1;
        }
        cutter.part(done, end, invert);
        cutter.finish(end);
    }

    /** Joins neighbouring parts as the behaviour says: a piece stays open until the next part tells where it ends. */
    private final class Cutter {
        private final int[] text;
        private final int textStart;
        private final boolean first;
        private final Pieces out;
        private int open;
        private boolean openIsMatch;
        private boolean any;

        Cutter(int[] text, int start, boolean first, Pieces out) {
            this.text = text;
            this.textStart = start;
            this.first = first;
            this.out = out;
            this.open = start;
        }

        void part(int start, int end, boolean match) {
            if (start == end && !(match && behavior == Behavior.ISOLATED)) {
                return;
            }
            if (any && !joins(match)) {
                emit(start);
                open = start;
            }
            openIsMatch = match;
            any = true;
        }

        private boolean joins(boolean match) {
            return switch (behavior) {
                case REMOVED, ISOLATED -> false;
                case CONTIGUOUS -> match == openIsMatch;
                case MERGED_WITH_PREVIOUS -> match && !openIsMatch;
                case MERGED_WITH_NEXT -> !match && openIsMatch;
            };
        }

        void finish(int end) {
            if (any) {
                emit(end);
            }
        }

        private void emit(int end) {
            if (end > open && !(openIsMatch && behavior == Behavior.REMOVED)) {
                out.piece(text, open, end, first && open == textStart);
            }
        }
    }
}
