package smelt.cli;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** What one message of a chat is: a line, lines that end with a backslash, or all between two triple quotes. */
final class ChatLines implements Parser {
    private static final String QUOTES = "\"\"\"";

    private record Whole(String line, int cursor) implements CompletingParsedLine {
        @Override
        public String word() {
            return line;
        }

        @Override
        public int wordCursor() {
            return cursor;
        }

        @Override
        public int wordIndex() {
            return 0;
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return cursor;
        }

        @Override
        public int rawWordLength() {
            return line.length();
        }

        @Override
        public List<String> words() {
            return List.of(line);
        }
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        boolean open = line.stripLeading().startsWith(QUOTES) && line.strip().indexOf(QUOTES, QUOTES.length()) < 0;
        if (context == ParseContext.ACCEPT_LINE && (open || line.endsWith("\\"))) {
            throw new EOFError(-1, cursor, "The message goes on");
        }
        return new Whole(line, cursor);
    }

    @Override
    public boolean isEscapeChar(char ch) {
        return false;
    }

    /** The message without the marks that continued it. */
    static String text(String line) {
        String stripped = line.strip();
        boolean quoted =
                stripped.length() >= 2 * QUOTES.length() && stripped.startsWith(QUOTES) && stripped.endsWith(QUOTES);
        return quoted
                ? stripped.substring(QUOTES.length(), stripped.length() - QUOTES.length())
                        .strip()
                : line.replace("\\\n", "\n");
    }
}
