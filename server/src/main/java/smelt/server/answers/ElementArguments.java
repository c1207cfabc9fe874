package smelt.server.answers;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import smelt.server.http.Json;
import tools.jackson.databind.JsonNode;

/** Arguments that are elements. Values that are strings come as they are written, all others when they are complete. */
final class ElementArguments implements ArgumentReader {
    private static final int MOST_HELD = 1024;
    /** As Python writes them. */
    private static final Map<String, String> CONSTANTS = Map.of("True", "true", "False", "false", "None", "null");

    private final Map<String, Parameter> parameters;
    private final Pattern key;
    private final Pattern valueEnd;
    private final Pattern end;
    private final boolean beginsLine;

    private final StringBuilder held = new StringBuilder();
    /** A value that is JSON, as far as it is certain; a mark in one of its strings is none. */
    private final StringBuilder value = new StringBuilder();

    private boolean inString;
    private boolean escaped;
    private boolean begun;
    private boolean some;
    private boolean inValue;
    private boolean isText;
    private boolean skipsLine;

    ElementArguments(ElementSyntax syntax, List<Parameter> parameters) {
        this.parameters = parameters.stream().collect(Collectors.toMap(Parameter::name, Function.identity()));
        key = syntax.key();
        valueEnd = syntax.valueEnd();
        end = syntax.argumentsEnd();
        beginsLine = syntax.beginsLine();
    }

    @Override
    public Progress read(char c, StringBuilder json) {
        if (!begun) {
            json.append('{');
            begun = true;
        }
        held.append(c);
        if (inValue) {
            value(c, json);
            return Progress.GOES_ON;
        }
        Matcher over = end.matcher(held);
        if (over.matches()) {
            json.append('}');
            return Progress.COMPLETE;
        }
        Matcher another = key.matcher(held);
        if (another.matches()) {
            begin(another.group(1), json);
        } else if (!hitsEnd(over) && !hitsEnd(another) || held.length() > MOST_HELD) {
            json.append('}');
            return Progress.BROKEN;
        }
        return Progress.GOES_ON;
    }

    @Override
    public String rest() {
        return held.toString();
    }

    /** Hitting the end is what tells a beginning that may still match from text that cannot. */
    @SuppressWarnings("JdkObsolete")
    private static boolean hitsEnd(Matcher matcher) {
        return matcher.hitEnd();
    }

    private void begin(String name, StringBuilder json) {
        Parameter parameter = parameters.get(name);
        isText = parameter == null || parameter.writing() == Parameter.Writing.TEXT;
        json.append(some ? ", " : "").append(quoted(name)).append(isText ? ": \"" : ": ");
        some = true;
        inValue = true;
        skipsLine = beginsLine;
        held.setLength(0);
        value.setLength(0);
        inString = false;
    }

    private void value(char c, StringBuilder json) {
        if (skipsLine && c == '\n') {
            held.setLength(0);
        }
        skipsLine = false;
        while (!held.isEmpty()) {
            if (inString) {
                tell(json);
                continue;
            }
            Matcher over = valueEnd.matcher(held);
            if (over.matches()) {
                json.append(isText ? "\"" : written(value.toString().strip()));
                inValue = false;
                held.setLength(0);
                return;
            }
            if (hitsEnd(over)) {
                return;
            }
            tell(json);
        }
    }

    private void tell(StringBuilder json) {
        char c = held.charAt(0);
        held.deleteCharAt(0);
        if (isText) {
            escape(c, json);
            return;
        }
        value.append(c);
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            inString = c == '"';
        }
    }

    /** A value that is not the JSON that it should be is a string. */
    private static String written(String text) {
        String constant = CONSTANTS.get(text);
        if (constant != null) {
            return constant;
        }
        return Json.parsed(text).isMissingNode() ? quoted(text) : text;
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            escape(text.charAt(i), json);
        }
        return json.append('"').toString();
    }

    static void escape(char c, StringBuilder json) {
        if (c == '"' || c == '\\') {
            json.append('\\').append(c);
        } else if (c < ' ') {
            JsonNode text = Json.of(String.valueOf(c));
            String whole = new String(Json.bytes(text), StandardCharsets.UTF_8);
            json.append(whole, 1, whole.length() - 1);
        } else {
            json.append(c);
        }
    }
}
