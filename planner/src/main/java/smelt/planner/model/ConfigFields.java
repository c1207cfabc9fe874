package smelt.planner.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import tools.jackson.databind.JsonNode;

/** The fields of a Hugging Face config.json that tell of the text model, typed and bounded. */
final class ConfigFields {
    /** Where configs of models that also see or hear keep their text model. */
    private static final List<String> INNER = List.of("text_config", "language_config", "llm_config");

    private final JsonNode outer;
    private final JsonNode inner;

    private ConfigFields(JsonNode outer) {
        this.outer = outer;
        this.inner = INNER.stream()
                .map(outer::path)
                .filter(node -> node.has("num_hidden_layers") || node.has("hidden_size"))
                .findFirst()
                .orElse(outer);
    }

    static ConfigFields of(JsonNode config) {
        return new ConfigFields(config);
    }

    /** Types of the model, of the text model first. */
    List<String> modelTypes() {
        List<String> types = Stream.of(inner, outer)
                .map(node -> node.path("model_type"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .distinct()
                .toList();
        if (types.isEmpty()) {
            throw Failure.of(FailureCode.MALFORMED, "The config has no model_type");
        }
        return types;
    }

    /** Whether the field is there and not null. */
    boolean has(String key) {
        return !inner.path(key).isMissingNode() && !inner.path(key).isNull();
    }

    /** A whole number from 0 to 2^31 - 1, under the first of {@code keys} that is there. */
    int count(String... keys) {
        return optional(keys)
                .orElseThrow(() -> Failure.of(FailureCode.MALFORMED, "The config has no " + String.join(" or ", keys)));
    }

    int countOr(int fallback, String... keys) {
        return optional(keys).orElse(fallback);
    }

    private Optional<Integer> optional(String... keys) {
        for (String key : keys) {
            if (has(key)) {
                return Optional.of(whole(key, inner.path(key)));
            }
        }
        return Optional.empty();
    }

    private static int whole(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Field " + key + " must be a whole number from 0 to " + Integer.MAX_VALUE + " but is "
                            + Names.quoted(value.toString()));
        }
        return value.intValue();
    }

    /** Of the text model's own config, else of the whole's. */
    boolean flag(String key, boolean fallback) {
        JsonNode value = has(key) ? inner.path(key) : outer.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Field " + key + " must be true or false but is " + Names.quoted(value.toString()));
        }
        return value.booleanValue();
    }

    Optional<String> text(String key) {
        JsonNode value = inner.path(key);
        return value.isString() ? Optional.of(value.asString()) : Optional.empty();
    }

    /** A list of one text for each layer; none where the field is not there. */
    Optional<List<String>> layerTexts(String key, int layers) {
        return has(key)
                ? Optional.of(list(key, layers).map(node -> node.asString("")).toList())
                : Optional.empty();
    }

    private Stream<JsonNode> list(String key, int size) {
        JsonNode list = inner.path(key);
        if (!list.isArray() || list.size() < size) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Field " + key + " must be a list with a value for each of " + size + " layers");
        }
        return list.valueStream().limit(size);
    }

    /** The whole numbers of a list; none where the field is not there. */
    Set<Integer> numbers(String key) {
        return inner.path(key)
                .valueStream()
                .filter(JsonNode::isIntegralNumber)
                .filter(JsonNode::canConvertToInt)
                .map(JsonNode::intValue)
                .collect(Collectors.toUnmodifiableSet());
    }
}
