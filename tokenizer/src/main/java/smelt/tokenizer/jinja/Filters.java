package smelt.tokenizer.jinja;

import org.jspecify.annotations.Nullable;

/** What stands behind a bar, by name. */
final class Filters {
    private Filters() {}

    /** A filter; its input is never among the arguments. */
    interface Filter {
        Object apply(Object input, Arguments arguments, Evaluator evaluator);
    }

    static @Nullable Filter find(String name) {
        Filter text = TextFilters.find(name);
        if (text != null) {
            return text;
        }
        Filter sequence = SequenceFilters.find(name);
        return sequence != null ? sequence : value(name);
    }

    private static @Nullable Filter value(String name) {
        return switch (name) {
            case "abs" ->
                (input, arguments, evaluator) -> {
                    arguments.bind(name);
                    return Conversions.absolute(input);
                };
            case "attr" -> Filters::attribute;
            case "d", "default" -> Filters::defaulted;
            case "float" ->
                (input, arguments, evaluator) ->
                        Conversions.real(input, arguments.bind(name, "default").get("default", 0.0));
            case "int" ->
                (input, arguments, evaluator) -> {
                    Arguments.Bound bound = arguments.bind(name, "default", "base");
                    return Conversions.integer(input, bound.get("default", 0L), (int) bound.integer("base", 10));
                };
            case "round" ->
                (input, arguments, evaluator) -> {
                    Arguments.Bound bound = arguments.bind(name, "precision", "method");
                    return Conversions.round(input, bound.integer("precision", 0), bound.text("method", "common"));
                };
            case "tojson" ->
                (input, arguments, evaluator) -> {
                    Arguments.Bound bound = arguments.bind(name, "ensure_ascii", "indent", "separators", "sort_keys");
                    return Json.dumps(input, bound, evaluator.budget());
                };
            case "pprint", "random", "urlize" ->
                (input, arguments, evaluator) -> {
                    throw Fault.unsupported("the filter '" + name + "' is not deterministic or not text");
                };
            default -> null;
        };
    }

    private static Object defaulted(Object input, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean replaced = input instanceof Undefined || (bound.truth("boolean", false) && !Values.truth(input));
        return replaced ? bound.get("default_value", "") : input;
    }

    /** As {@code input.name}, but without looking for a key. */
    private static Object attribute(Object input, Arguments arguments, Evaluator evaluator) {
        String name = Values.string(arguments.bind("attr", "name").required("name"), "an attribute name");
        if (input instanceof Undefined undefined) {
            throw undefined.fault();
        }
        return input instanceof java.util.Map<?, ?>
                ? Members.attribute(java.util.Map.of(), name, evaluator.budget())
                : Members.attribute(input, name, evaluator.budget());
    }
}
