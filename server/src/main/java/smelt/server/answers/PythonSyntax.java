package smelt.server.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import smelt.engine.constraint.Grammar;
import tools.jackson.databind.JsonNode;

/** Calls as a list in Python's notation, {@code [name(key=value, ...), ...]}, and nothing else. */
final class PythonSyntax {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Grammar BOOLEAN =
            new Grammar.OneOf(List.of(new Grammar.Literal("True"), new Grammar.Literal("False")));

    /** Of a call; its groups are the name, and nothing of the arguments. */
    static final String CALL = "([A-Za-z_][A-Za-z0-9_.]*+)\\s*+\\(()";

    private PythonSyntax() {}

    static boolean takes(Tool tool) {
        return NAME.matcher(tool.name()).matches()
                && Parameter.of(tool)
                        .filter(all -> all.stream()
                                .allMatch(each -> KEY.matcher(each.name()).matches()))
                        .isPresent();
    }

    /** One call of one of the tools. */
    static Grammar call(List<Tool> tools) {
        return new Grammar.OneOf(tools.stream()
                .<Grammar>map(tool -> new Grammar.Sequence(List.of(
                        new Grammar.Literal(tool.name() + "("),
                        arguments(Parameter.of(tool).orElse(List.of())),
                        new Grammar.Literal(")"))))
                .toList());
    }

    /** The first one that is there has no comma before it: any that need not be, or the first that must. */
    private static Grammar arguments(List<Parameter> parameters) {
        List<Grammar> choices = new ArrayList<>();
        for (int first = 0; first < parameters.size(); first++) {
            List<Grammar> parts = new ArrayList<>(List.of(argument("", parameters.get(first))));
            for (Parameter further : parameters.subList(first + 1, parameters.size())) {
                Grammar argument = argument(", ", further);
                parts.add(further.required() ? argument : new Grammar.Repeat(argument, 0, 1));
            }
            choices.add(new Grammar.Sequence(parts));
            if (parameters.get(first).required()) {
                return new Grammar.OneOf(choices);
            }
        }
        choices.add(new Grammar.Literal(""));
        return new Grammar.OneOf(choices);
    }

    private static Grammar argument(String before, Parameter parameter) {
        JsonNode type = parameter.schema().path("type");
        Grammar value = type.asString("").equals("boolean") ? BOOLEAN : parameter.json();
        return new Grammar.Sequence(List.of(new Grammar.Literal(before + parameter.name() + "="), value));
    }
}
