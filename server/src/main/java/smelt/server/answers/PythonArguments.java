package smelt.server.answers;

import java.util.Map;

/** Arguments in Python's notation, up to the parenthesis that closes them. Values of JSON are values there, too. */
final class PythonArguments implements ArgumentReader {
    private static final int MOST_WORD = 128;
    /** As Python or JSON writes them, and what stands in numbers. */
    private static final Map<String, String> CONSTANTS = Map.of(
            "True", "true", "False", "false", "None", "null", "true", "true", "false", "false", "null", "null", "e",
            "e", "E", "E");

    /** Escapes that Python and JSON have alike. */
    private static final String SHARED_ESCAPES = "\\\"nrtbfu";

    private enum State {
        KEY,
        VALUE,
        STRING,
        ESCAPE,
        HEX
    }

    private State state = State.KEY;
    private boolean begun;
    private boolean some;
    private int depth;
    private char quote;
    /** What may be a constant, or the name of an argument, or what is there of a number of a character. */
    private final StringBuilder word = new StringBuilder();

    private String rest = "";

    @Override
    public Progress read(char c, StringBuilder json) {
        if (!begun) {
            json.append('{');
            begun = true;
        }
        return switch (state) {
            case KEY -> key(c, json);
            case VALUE -> value(c, json);
            case STRING -> {
                string(c, json);
                yield Progress.GOES_ON;
            }
            case ESCAPE -> {
                escape(c, json);
                yield Progress.GOES_ON;
            }
            case HEX -> {
                hex(c, json);
                yield Progress.GOES_ON;
            }
        };
    }

    @Override
    public String rest() {
        return rest;
    }

    private Progress key(char c, StringBuilder json) {
        if (c == ')' && word.isEmpty()) {
            json.append('}');
            return Progress.COMPLETE;
        }
        if (c == '=' && !word.isEmpty()) {
            json.append(some ? ", \"" : "\"").append(word).append("\": ");
            word.setLength(0);
            some = true;
            state = State.VALUE;
        } else if (c < 0x80 && Character.isLetterOrDigit(c) && word.length() < MOST_WORD || c == '_') {
            word.append(c);
        } else if (!Character.isWhitespace(c) && !(c == ',' && word.isEmpty() && some)) {
            rest = word.toString() + c;
            json.append('}');
            return Progress.BROKEN;
        }
        return Progress.GOES_ON;
    }

    private Progress value(char c, StringBuilder json) {
        if (Character.isLetter(c)) {
            word.append(c);
            return Progress.GOES_ON;
        }
        tellWord(json);
        if (c == '"' || c == '\'') {
            quote = c;
            json.append('"');
            state = State.STRING;
        } else if (depth == 0 && (c == ',' || c == ')')) {
            state = State.KEY;
            return c == ')' ? key(c, json) : Progress.GOES_ON;
        } else if (depth == 0 && (c == ']' || c == '}')) {
            rest = String.valueOf(c);
            json.append('}');
            return Progress.BROKEN;
        } else if (c == '[' || c == '{' || c == '(') {
            depth++;
            json.append(c == '(' ? '[' : c);
        } else if (c == ']' || c == '}' || c == ')') {
            depth--;
            json.append(c == ')' ? ']' : c);
        } else if (depth > 0 || !Character.isWhitespace(c)) {
            json.append(c);
        }
        return Progress.GOES_ON;
    }

    private void tellWord(StringBuilder json) {
        if (word.isEmpty()) {
            return;
        }
        String known = CONSTANTS.get(word.toString());
        json.append(known == null ? '"' + word.toString() + '"' : known);
        word.setLength(0);
    }

    private void string(char c, StringBuilder json) {
        if (c == '\\') {
            state = State.ESCAPE;
        } else if (c == quote) {
            json.append('"');
            state = State.VALUE;
        } else {
            ElementArguments.escape(c, json);
        }
    }

    private void escape(char c, StringBuilder json) {
        state = State.STRING;
        if (SHARED_ESCAPES.indexOf(c) >= 0) {
            json.append('\\').append(c);
        } else if (c == 'x') {
            state = State.HEX;
        } else if (c == '\'' || c == '/') {
            json.append(c);
        } else {
            json.append("\\\\");
            ElementArguments.escape(c, json);
        }
    }

    private void hex(char c, StringBuilder json) {
        if (Character.digit(c, 16) < 0 || c >= 0x80) {
            json.append("\\\\x").append(word);
            word.setLength(0);
            state = State.STRING;
            string(c, json);
            return;
        }
        word.append(c);
        if (word.length() == 2) {
            json.append("\\u00").append(word);
            word.setLength(0);
            state = State.STRING;
        }
    }
}
