package smelt.tokenizer.jinja;

import java.util.Arrays;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Template text with one kind of line end and without the last one; knows the line of every offset. */
final class Source {
    private static final int MAX_CHARS = 1 << 20;

    private final String text;
    private final int[] lineStarts;

    Source(String raw) {
        if (raw.length() > MAX_CHARS) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "A chat template of " + raw.length() + " characters, more than " + MAX_CHARS);
        }
        String lines = raw.replace("\r\n", "\n").replace('\r', '\n');
        this.text = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
        int[] starts = new int[text.length() + 1];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                starts[count++] = i + 1;
            }
        }
        this.lineStarts = Arrays.copyOf(starts, count);
    }

    String text() {
        return text;
    }

    /** From 1. */
    int line(int position) {
        int found = Arrays.binarySearch(lineStarts, position);
        return found >= 0 ? found + 1 : -found - 1;
    }

    Failure malformed(int position, String what) {
        int line = line(position);
        int column = position - lineStarts[line - 1] + 1;
        return Failure.of(FailureCode.MALFORMED, "Chat template at " + line + ":" + column + ": " + what);
    }

    Failure tooDeep(int position, int limit) {
        return Failure.of(
                FailureCode.LIMIT_EXCEEDED,
                "Chat template at line " + line(position) + ": expressions or blocks nested deeper than " + limit);
    }
}
