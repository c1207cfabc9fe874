package smelt.formats.safetensors;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import smelt.formats.TensorInfo;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The index of a model in several files: names of tensors by the file that has them. */
final class IndexReading implements Json.Reading<Map<String, Set<String>>> {
    private static final String WEIGHT_MAP = "weight_map";

    @Override
    public Map<String, Set<String>> read(JsonParser parser) {
        Map<String, Set<String>> shards = new LinkedHashMap<>();
        Json.expect(parser, JsonToken.START_OBJECT, "An index is a JSON object, but something else begins");
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean wanted = parser.currentName().equals(WEIGHT_MAP);
            JsonToken value = parser.nextToken();
            if (wanted && value == JsonToken.START_OBJECT) {
                weightMap(parser, shards);
            } else {
                parser.skipChildren();
            }
        }
        if (shards.isEmpty()) {
            throw Failure.of(FailureCode.MALFORMED, "The index has no " + WEIGHT_MAP + ", or an empty one");
        }
        return shards;
    }

    private static void weightMap(JsonParser parser, Map<String, Set<String>> shards) {
        int count = 0;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = Names.check(parser.currentName());
            Json.expect(parser, JsonToken.VALUE_STRING, "A file name is wanted, but something else is");
            if (!shards.computeIfAbsent(file(parser.getString()), file -> new HashSet<>())
                    .add(name)) {
                throw Failure.of(FailureCode.MALFORMED, "Tensor " + Names.quoted(name) + " is there twice");
            }
            if (++count > TensorInfo.MAX_TENSORS) {
                throw Failure.of(FailureCode.LIMIT_EXCEEDED, "More than " + TensorInfo.MAX_TENSORS + " tensors");
            }
        }
    }

    /** A plain name in the same folder: a path could lead anywhere. */
    private static String file(String name) {
        boolean plain = !name.contains("/") && !name.contains("\\") && name.endsWith(".safetensors");
        if (!plain || name.length() > 255) {
            throw Failure.of(
                    FailureCode.MALFORMED, Names.quoted(name) + " is no name of a .safetensors file in this folder");
        }
        return Names.check(name);
    }
}
