package smelt.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** The caller's values as the template's: copies, so that neither sees the other's changes. */
final class Inputs {
    private static final int MAX_DEPTH = 200;

    private long chars;
    private int depth;

    /** The size of all text so far, in UTF-16 units, and some for each element. */
    long chars() {
        return chars;
    }

    Object convert(@Nullable Object value) {
        chars += 8;
        return switch (value) {
            case null -> None.NONE;
            case String text -> {
                chars += text.length();
                yield text;
            }
            case Boolean flag -> flag;
            case Long number -> number;
            case Double number -> number;
            case Integer number -> (long) number;
            case Short number -> (long) number;
            case Byte number -> (long) number;
            case Float number -> (double) number;
            case BigDecimal number -> number.doubleValue();
            case BigInteger number -> integer(number);
            case List<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            default ->
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        "A template variable of type " + value.getClass().getSimpleName());
        };
    }

    private static long integer(BigInteger number) {
        if (number.bitLength() > 63) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "A template variable with an integer of more than 64 bits");
        }
        return number.longValue();
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "Template variables are nested deeper than " + MAX_DEPTH);
        }
    }

    private List<Object> list(List<?> list) {
        enter();
        List<Object> copy = new ArrayList<>(list.size());
        for (Object item : list) {
            copy.add(convert(item));
        }
        depth--;
        return copy;
    }

    private Map<Object, Object> map(Map<?, ?> map) {
        enter();
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(convert(key), convert(value)));
        depth--;
        return copy;
    }
}
