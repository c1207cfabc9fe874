package smelt.server.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import smelt.engine.constraint.Grammar;

/**
 * Calls as an element with one element for each argument; what stands between the parts is written as here, and read
 * with any space.
 *
 * @param open begins a call
 * @param beforeName between that and the name
 * @param afterName between the name and what follows it
 * @param beforeKey before the name of an argument
 * @param afterKey between that and the value
 * @param afterValue behind the value
 * @param close behind the last value
 */
record ElementSyntax(
        String open,
        String beforeName,
        String afterName,
        String beforeKey,
        String afterKey,
        String afterValue,
        String close) {
    private static final Pattern NAME = Pattern.compile("[^<>\\s]+");
    private static final String CALL = "<tool_call>";
    private static final String END_OF_CALL = "</tool_call>";

    /** {@code <tool_call><function=name><parameter=key>value</parameter></function></tool_call>}, as Qwen3-Coder. */
    private static final ElementSyntax QWEN = new ElementSyntax(
            CALL, "\n<function=", ">\n", "<parameter=", ">\n", "\n</parameter>\n", "</function>\n" + END_OF_CALL);

    /** {@code <tool_call>name<arg_key>key</arg_key><arg_value>value</arg_value></tool_call>}, as GLM-4.5. */
    private static final ElementSyntax GLM =
            new ElementSyntax(CALL, "", "\n", "<arg_key>", "</arg_key>\n<arg_value>", "</arg_value>\n", END_OF_CALL);

    /** The same without space, as GLM-4.7. */
    private static final ElementSyntax DENSE_GLM =
            new ElementSyntax(CALL, "", "", "<arg_key>", "</arg_key><arg_value>", "</arg_value>", END_OF_CALL);

    /** The one that a template writes. */
    static Optional<ElementSyntax> of(String template) {
        if (!template.contains(CALL)) {
            return Optional.empty();
        }
        if (template.contains("<function=") && template.contains("<parameter=")) {
            return Optional.of(QWEN);
        }
        if (!template.contains("<arg_key>")) {
            return Optional.empty();
        }
        return Optional.of(template.contains(DENSE_GLM.afterKey) ? DENSE_GLM : GLM);
    }

    /** Whether all arguments of the tool can be written so. */
    static boolean takes(Tool tool) {
        return Parameter.of(tool)
                .filter(all ->
                        all.stream().allMatch(each -> NAME.matcher(each.name()).matches()))
                .isPresent();
    }

    List<String> marks() {
        return List.of(CALL, END_OF_CALL, "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>");
    }

    ToolSyntax.Reading reading() {
        boolean named = beforeName.isEmpty();
        String head = named
                ? CALL + "\\s*+([^\\s<]++)(\\s|<)"
                : CALL + "\\s*+" + Pattern.quote(beforeName.strip()) + "([^\\s>]++)\\s*+>()";
        // where the element has the call's own mark for its end, the arguments end with it
        String end = named ? "" : "\\s*+" + END_OF_CALL;
        return new ToolSyntax.Reading(
                Pattern.compile("\\s*+" + head), null, Pattern.compile(end), false, this::arguments);
    }

    /** What begins another argument; its group is the name. */
    Pattern key() {
        return Pattern.compile("\\s*+" + Pattern.quote(beforeKey) + "([^<>]*+)" + spaced(afterKey));
    }

    /** Whether the end of a line before the value is not part of it. */
    boolean beginsLine() {
        return afterKey.endsWith("\n");
    }

    /** A line's end beside the mark is not part of a value where it is written there. */
    Pattern valueEnd() {
        return Pattern.compile((afterValue.startsWith("\n") ? "\n?" : "") + Pattern.quote(afterValue.strip()));
    }

    Pattern argumentsEnd() {
        return Pattern.compile("\\s*+" + (beforeName.isEmpty() ? END_OF_CALL : "</function>"));
    }

    /** The text with any space where it has some. */
    private static String spaced(String text) {
        StringBuilder pattern = new StringBuilder();
        for (String part : text.strip().split("\n", -1)) {
            pattern.append(pattern.isEmpty() ? "" : "\\s*+").append(Pattern.quote(part));
        }
        return pattern.toString();
    }

    /** One call of one of the tools, behind what opens it. */
    Grammar call(List<Tool> tools) {
        return new Grammar.OneOf(tools.stream().map(this::call).toList());
    }

    private Grammar call(Tool tool) {
        List<Grammar> parts = new ArrayList<>();
        parts.add(new Grammar.Literal(beforeName + tool.name() + afterName));
        for (Parameter each : Parameter.of(tool).orElse(List.of())) {
            Grammar argument = new Grammar.Sequence(
                    List.of(new Grammar.Literal(beforeKey + each.name() + afterKey), each.upTo(afterValue)));
            parts.add(each.required() ? argument : new Grammar.Repeat(argument, 0, 1));
        }
        parts.add(new Grammar.Literal(close));
        return new Grammar.Sequence(parts);
    }

    private ArgumentReader arguments(Tool tool) {
        return new ElementArguments(this, Parameter.of(tool).orElse(List.of()));
    }
}
