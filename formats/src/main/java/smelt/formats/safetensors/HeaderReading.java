package smelt.formats.safetensors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import smelt.formats.TensorInfo;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The header's object: per tensor dtype, shape and the bytes it takes of the data section. */
final class HeaderReading implements Json.Reading<List<TensorInfo>> {
    private static final String METADATA = "__metadata__";
    private static final int MAX_DIMENSIONS = 8;

    private final long dataOffset;

    HeaderReading(long dataOffset) {
        this.dataOffset = dataOffset;
    }

    @Override
    public List<TensorInfo> read(JsonParser parser) {
        Json.expect(parser, JsonToken.START_OBJECT, "A header is a JSON object, but something else begins");
        List<TensorInfo> tensors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = Names.check(parser.currentName());
            if (!names.add(name)) {
                throw Failure.of(FailureCode.MALFORMED, "Tensor " + Names.quoted(name) + " is there twice");
            }
            if (name.equals(METADATA)) {
                parser.nextToken();
                parser.skipChildren();
                continue;
            }
            if (tensors.size() == TensorInfo.MAX_TENSORS) {
                throw Failure.of(FailureCode.LIMIT_EXCEEDED, "More than " + TensorInfo.MAX_TENSORS + " tensors");
            }
            try {
                tensors.add(tensor(name, parser));
            } catch (Failure e) {
                throw e.in("tensor " + Names.quoted(name));
            }
        }
        return tensors;
    }

    private TensorInfo tensor(String name, JsonParser parser) {
        Json.expect(parser, JsonToken.START_OBJECT, "A tensor is a JSON object, but something else is");
        DType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            switch (field) {
                case "dtype" -> {
                    Json.expect(parser, JsonToken.VALUE_STRING, "A dtype is a text, but something else is");
                    type = SafetensorsType.of(once(type, parser.getString(), field));
                }
                case "shape" -> shape = once(shape, integers(parser, MAX_DIMENSIONS), field);
                case "data_offsets" -> offsets = once(offsets, integers(parser, 2), field);
                default -> {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
        if (type == null || shape == null || offsets == null) {
            throw Failure.of(FailureCode.MALFORMED, "One of dtype, shape and data_offsets is missing");
        }
        return place(name, type, shape, offsets);
    }

    private static <T> T once(@Nullable Object before, T value, String field) {
        if (before != null) {
            throw Failure.of(FailureCode.MALFORMED, field + " is there twice");
        }
        return value;
    }

    /** A list of integers of 0 or more. */
    private static List<Long> integers(JsonParser parser, int most) {
        Json.expect(parser, JsonToken.START_ARRAY, "A list of integers is wanted, but something else is");
        List<Long> integers = new ArrayList<>();
        while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            if (integers.size() == most) {
                throw Json.malformed(parser, "The list has more than " + most + " integers");
            }
            long value = parser.getLongValue();
            if (value < 0) {
                throw Json.malformed(parser, value + " is negative");
            }
            integers.add(value);
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw Json.malformed(parser, "A list of integers is wanted, but another value is");
        }
        return integers;
    }

    private TensorInfo place(String name, DType type, List<Long> shape, List<Long> offsets) {
        long bytes = TensorInfo.bytes(type, shape);
        if (offsets.size() != 2 || offsets.get(1) - offsets.get(0) != bytes) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "data_offsets " + offsets + " do not span the " + bytes + " bytes of " + type + " " + shape);
        }
        if (offsets.get(1) > Long.MAX_VALUE - dataOffset) {
            throw Failure.of(FailureCode.MALFORMED, "data_offsets " + offsets + " are beyond any file");
        }
        return new TensorInfo(name, type, shape, dataOffset + offsets.get(0), bytes);
    }
}
