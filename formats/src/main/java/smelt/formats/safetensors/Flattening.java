package smelt.formats.safetensors;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A JSON object as flat keys: {@code {"a": {"b": 1}}} is {@code a.b}. Lists of scalars stay lists, of other lists and
 * objects each item has its index in the key; null is left out.
 */
final class Flattening implements Json.Reading<Map<String, Object>> {
    private static final int MAX_VALUES = 1 << 15;

    /** Of a key with all that is before its last dot: names of nested objects count again in every key below them. */
    private static final int MAX_KEY = 512;

    private final String prefix;
    private final Map<String, Object> values;
    private int read;

    /** Adds to {@code values}, with {@code prefix} before every key. */
    Flattening(String prefix, Map<String, Object> values) {
        this.prefix = prefix;
        this.values = values;
    }

    @Override
    public Map<String, Object> read(JsonParser parser) {
        Json.expect(parser, JsonToken.START_OBJECT, "A JSON object is wanted, but something else is");
        object(prefix, parser);
        return values;
    }

    /** From after the opening brace to the closing one; the parser's limit on depth bounds the recursion. */
    private void object(String path, JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = path + parser.currentName();
            if (key.length() > MAX_KEY) {
                throw Failure.of(
                        FailureCode.LIMIT_EXCEEDED,
                        "Key " + Names.quoted(key) + " has " + key.length() + " characters, at most " + MAX_KEY);
            }
            parser.nextToken();
            value(key, parser);
        }
    }

    private void value(String key, JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            object(key + ".", parser);
        } else if (token == JsonToken.START_ARRAY) {
            array(key, parser);
        } else {
            put(key, scalar(parser));
        }
    }

    private void array(String key, JsonParser parser) {
        List<Object> scalars = new ArrayList<>();
        boolean flat = true;
        int index = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                flat = false;
                value(key + "." + index, parser);
            } else {
                Object scalar = scalar(parser);
                if (scalar != null) {
                    scalars.add(scalar);
                }
            }
            index++;
        }
        if (flat) {
            list(key, scalars);
        }
    }

    /** A list of one type: integers beside real numbers become real, other mixtures get an index each. */
    private void list(String key, List<Object> scalars) {
        if (sameType(scalars)) {
            put(key, Collections.unmodifiableList(scalars));
        } else if (scalars.stream().allMatch(Number.class::isInstance)) {
            put(
                    key,
                    scalars.stream()
                            .map(scalar -> ((Number) scalar).doubleValue())
                            .toList());
        } else {
            for (int i = 0; i < scalars.size(); i++) {
                put(key + "." + i, scalars.get(i));
            }
        }
    }

    private static boolean sameType(List<Object> scalars) {
        return scalars.stream().map(Object::getClass).distinct().count() <= 1;
    }

    private @Nullable Object scalar(JsonParser parser) {
        if (++read > MAX_VALUES) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "More than " + MAX_VALUES + " values");
        }
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NULL -> null;
            default -> throw Json.malformed(parser, "A value is wanted, but something else is");
        };
    }

    /** Python's integers have no bound; those beyond 63 bits, such as 10^30 for "no limit", become real. */
    private static Object integer(JsonParser parser) {
        BigInteger value = parser.getBigIntegerValue();
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : (Object) value.doubleValue();
    }

    private void put(String key, @Nullable Object value) {
        if (value != null && values.put(key, value) != null) {
            throw Failure.of(FailureCode.MALFORMED, "Key " + Names.quoted(key) + " is there twice");
        }
    }
}
