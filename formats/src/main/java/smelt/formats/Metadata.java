package smelt.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Typed values by key. Values are {@link Long} (every integer type; a u64 beyond 63 bits is refused by the reader),
 * {@link Double}, {@link Boolean}, {@link String}, or an unmodifiable {@link List} of values of one of these types.
 * Long lists may make their elements as they are asked for: go through them once rather than often.
 */
public final class Metadata {
    private final Map<String, Object> values;

    public Metadata(Map<String, Object> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public Map<String, Object> values() {
        return values;
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public Optional<String> string(String key) {
        return typed(key, String.class, "text");
    }

    public OptionalLong integer(String key) {
        return typed(key, Long.class, "an integer").map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** A real number; an integer counts as one. */
    public OptionalDouble real(String key) {
        return typed(key, Number.class, "a number")
                .map(n -> OptionalDouble.of(n.doubleValue()))
                .orElse(OptionalDouble.empty());
    }

    public Optional<Boolean> bool(String key) {
        return typed(key, Boolean.class, "true or false");
    }

    public Optional<List<String>> strings(String key) {
        return list(key, String.class, "a list of texts");
    }

    public Optional<List<Long>> integers(String key) {
        return list(key, Long.class, "a list of integers");
    }

    public Optional<List<Number>> reals(String key) {
        return list(key, Number.class, "a list of numbers");
    }

    private <T> Optional<T> typed(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw wrongType(key, expected, value);
        }
        return Optional.of(type.cast(value));
    }

    private <T> Optional<List<T>> list(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof List<?> list) || !(list.isEmpty() || type.isInstance(list.getFirst()))) {
            throw wrongType(key, expected, value);
        }
        @SuppressWarnings("unchecked") // Lists are of one type; a copy of 500,000 merges would cost too much.
        List<T> typed = (List<T>) list;
        return Optional.of(typed);
    }

    private static Failure wrongType(String key, String expected, Object value) {
        String actual = value instanceof List<?> list
                ? "a list of " + list.size()
                        + (list.isEmpty()
                                ? ""
                                : " " + list.getFirst().getClass().getSimpleName())
                : value.getClass().getSimpleName();
        return Failure.of(
                FailureCode.MALFORMED, "Metadata key '" + key + "' must be " + expected + " but is " + actual);
    }
}
