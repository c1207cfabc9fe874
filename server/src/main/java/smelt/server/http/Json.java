package smelt.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON as it goes over the wire: read strictly, written compactly. */
public final class Json {
    private static final int MOST_DEPTH = 128;
    /** An integer of so many digits is within a double's range. */
    private static final int MOST_DIGITS = 300;
    /** What the messages of Jackson tell of its own settings and places. */
    private static final Pattern OF_THE_LIBRARY = Pattern.compile(
            " \\((?:start marker|for \\w+ starting) at \\[.*?]\\)| \\(`JsonToken.*|: enable `.*" + "|, from `[^`]*`");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MOST_DEPTH)
                            .maxNumberLength(MOST_DIGITS)
                            .maxStringLength(Integer.MAX_VALUE) // the body has a limit
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** What Java's maps, lists and values are as JSON. */
    public static JsonNode of(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** What a text has as JSON; missing where it is none. */
    public static JsonNode parsed(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    /** As Java's own maps, lists and values. */
    public static @Nullable Object plain(JsonNode node) {
        if (node instanceof ObjectNode object) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            object.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (node instanceof ArrayNode array) {
            return array.valueStream().map(Json::plain).toList();
        }
        if (node.isNull()) {
            return null;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isNumber()) {
            return node.canConvertToLong() && node.isIntegralNumber() ? (Object) node.longValue() : node.doubleValue();
        }
        return node.asString("");
    }

    /**
     * One object, in well-formed UTF-8, no name twice, nothing behind it.
     *
     * @throws Problem 400 {@code invalid_json} with the place
     */
    static ObjectNode read(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("The body is not well-formed UTF-8");
        }
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            String what = OF_THE_LIBRARY.matcher(e.getOriginalMessage()).replaceAll("");
            throw malformed("The body is not valid JSON: " + what + where);
        }
        throw malformed(text.isBlank() ? "The body is empty; a JSON object is expected" : "The body is no JSON object");
    }

    private static Problem malformed(String message) {
        return Problem.of(400, message, Problem.INVALID_REQUEST, "invalid_json");
    }
}
