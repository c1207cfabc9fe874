package smelt.tokenizer;

import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.databind.JsonNode;

/** Fields of tokenizer.json with their types checked. */
final class JsonFields {
    private JsonFields() {}

    static String type(JsonNode node) {
        return string(node, "type", "");
    }

    static String string(JsonNode node, String name, String byDefault) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return byDefault;
        }
        if (!value.isString()) {
            throw malformed("field '" + name + "' must be text");
        }
        return value.stringValue();
    }

    static String required(JsonNode node, String name) {
        if (!node.path(name).isString()) {
            throw malformed("field '" + name + "' must be text");
        }
        return node.path(name).stringValue();
    }

    static boolean flag(JsonNode node, String name, boolean byDefault) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return byDefault;
        }
        if (!value.isBoolean()) {
            throw malformed("field '" + name + "' must be true or false");
        }
        return value.booleanValue();
    }

    static int integer(JsonNode node, String name, int byDefault) {
        JsonNode value = node.path(name);
        return value.isMissingNode() || value.isNull() ? byDefault : integer(value, "field '" + name + "'");
    }

    static int integer(JsonNode value, String what) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw malformed(what + " must be a whole number of 32 bits");
        }
        return value.intValue();
    }

    /** The pattern of a split or replacement: a regular expression, or a literal text as one. */
    static String pattern(JsonNode node) {
        JsonNode pattern = node.path("pattern");
        if (pattern.path("Regex").isString()) {
            return pattern.path("Regex").stringValue();
        }
        if (pattern.path("String").isString()) {
            return Splitting.literal(pattern.path("String").stringValue());
        }
        throw malformed("field 'pattern' must have a Regex or a String");
    }

    static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "tokenizer.json: " + what);
    }

    static Failure unsupported(String what) {
        return Failure.of(FailureCode.UNSUPPORTED, "tokenizer.json: " + what);
    }
}
