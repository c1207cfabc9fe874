package smelt.tokenizer.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The evaluated arguments of one call. */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** Gives each argument its parameter's name; too many, unknown or double ones fail. */
    Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw Fault.of(function + "() takes at most " + parameters.length + " arguments, got " + positional.size());
        }
        Map<String, Object> bound = new HashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            bound.put(parameters[i], positional.get(i));
        }
        named.forEach((name, value) -> {
            if (!List.of(parameters).contains(name)) {
                throw Fault.of(function + "() got an unexpected keyword argument '" + name + "'");
            }
            if (bound.put(name, value) != null) {
                throw Fault.of(function + "() got multiple values for argument '" + name + "'");
            }
        });
        return new Bound(function, bound);
    }

    /** The same call without its first {@code count} positional arguments. */
    Arguments skip(int count) {
        return new Arguments(positional.subList(count, positional.size()), named);
    }

    /** Arguments by parameter name. */
    record Bound(String function, Map<String, Object> values) {
        boolean has(String name) {
            return values.containsKey(name);
        }

        Object get(String name, Object fallback) {
            return values.getOrDefault(name, fallback);
        }

        Object required(String name) {
            Object value = values.get(name);
            if (value == null) {
                throw Fault.of(function + "() missing a required argument: '" + name + "'");
            }
            return value;
        }

        boolean truth(String name, boolean fallback) {
            Object value = values.get(name);
            return value == null ? fallback : Values.truth(value);
        }

        long integer(String name, long fallback) {
            Object value = values.get(name);
            return value == null ? fallback : Values.index(value);
        }

        String text(String name, String fallback) {
            Object value = values.get(name);
            return value == null ? fallback : Values.string(value, function + "() argument '" + name + "'");
        }
    }
}
