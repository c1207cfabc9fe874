package smelt.tokenizer.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The filter {@code wordwrap}: each line on its own, blanks at breaks dropped, long words cut. */
final class WordWrap {
    private WordWrap() {}

    static Object wrap(Object input, Arguments arguments, Budget budget) {
        Arguments.Bound bound =
                arguments.bind("wordwrap", "width", "break_long_words", "wrapstring", "break_on_hyphens");
        String text = Values.string(input, "the text to wrap");
        long width = bound.integer("width", 79);
        if (width <= 0) {
            throw Fault.of("invalid width " + width + " (must be > 0)");
        }
        Object end = bound.get("wrapstring", None.NONE);
        String separator = end == None.NONE ? "\n" : Values.string(end, "wrapstring");
        budget.elements(text.length());
        List<String> out = new ArrayList<>();
        for (Object line : Text.lines(text, false)) {
            List<String> wrapped = wrapLine(
                    pieces((String) line, bound.truth("break_on_hyphens", true)),
                    width,
                    bound.truth("break_long_words", true),
                    bound.truth("break_on_hyphens", true));
            out.add(String.join(separator, wrapped));
        }
        budget.allocate((long) text.length() + (long) text.length() * separator.length());
        return String.join(separator, out);
    }

    /** Words and runs of blanks; hyphenated words in parts. */
    private static Deque<String> pieces(String line, boolean atHyphens) {
        Deque<String> pieces = new ArrayDeque<>();
        int from = 0;
        for (int i = 1; i <= line.length(); i++) {
            boolean ends = i == line.length()
                    || Text.isSpace(line.charAt(i)) != Text.isSpace(line.charAt(i - 1))
                    || (atHyphens && isHyphen(line, i - 1, from));
            if (ends) {
                pieces.add(line.substring(from, i));
                from = i;
            }
        }
        return pieces;
    }

    /** A hyphen between two letters on each side. */
    private static boolean isHyphen(String line, int at, int wordStart) {
        return line.charAt(at) == '-'
                && at - wordStart >= 2
                && at + 2 < line.length()
                && Character.isLetter(line.charAt(at - 1))
                && Character.isLetterOrDigit(line.charAt(at - 2))
                && Character.isLetterOrDigit(line.charAt(at + 1))
                && Character.isLetter(line.charAt(at + 2));
    }

    private static List<String> wrapLine(Deque<String> pieces, long width, boolean cut, boolean atHyphens) {
        List<String> lines = new ArrayList<>();
        while (!pieces.isEmpty()) {
            StringBuilder line = new StringBuilder();
            if (!lines.isEmpty() && pieces.getFirst().isBlank()) {
                pieces.removeFirst();
            }
            int length = 0;
            while (!pieces.isEmpty() && length + Text.length(pieces.getFirst()) <= width) {
                length += Text.length(pieces.getFirst());
                line.append(pieces.removeFirst());
            }
            if (!pieces.isEmpty() && Text.length(pieces.getFirst()) > width) {
                longWord(pieces, line, (int) Math.min(width - length, Integer.MAX_VALUE), cut, atHyphens);
            }
            String text = dropLastBlank(line.toString());
            if (!text.isEmpty()) {
                lines.add(text);
            }
        }
        return lines;
    }

    private static void longWord(Deque<String> pieces, StringBuilder line, int room, boolean cut, boolean atHyphens) {
        if (!cut) {
            if (line.isEmpty()) {
                line.append(pieces.removeFirst());
            }
            return;
        }
        String word = pieces.removeFirst();
        int space = Math.max(1, room);
        int end = Text.offset(word, space);
        int hyphen = atHyphens ? word.lastIndexOf('-', end - 1) : -1;
        boolean letterBefore = hyphen > 0 && word.substring(0, hyphen).chars().anyMatch(c -> c != '-');
        int at = letterBefore ? hyphen + 1 : end;
        line.append(word, 0, at);
        pieces.addFirst(word.substring(at));
    }

    private static String dropLastBlank(String line) {
        int end = line.length();
        while (end > 0 && Text.isSpace(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(0, end);
    }
}
