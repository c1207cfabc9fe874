package smelt.server.answers;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A schema whose objects have no members but those it names. By itself a schema that lists properties allows any other
 * beside them, which a model should not make up. What fits the closed schema fits the schema.
 */
public final class ClosedSchema {
    private static final String MORE = "additionalProperties";
    private static final String PROPERTIES = "properties";
    /** Keywords under which a value must fit several schemas at once, or not fit one. */
    private static final Set<String> ENTANGLING = Set.of(
            "allOf",
            "oneOf",
            "not",
            "if",
            "dependentSchemas",
            "dependencies",
            "$dynamicRef",
            "$recursiveRef",
            "unevaluatedProperties",
            "patternProperties",
            "propertyNames",
            "minProperties");

    private boolean entangled;

    private ClosedSchema() {}

    /** The same where nothing is to be closed, or it cannot be told whether that is right. */
    public static JsonNode of(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        var closing = new ClosedSchema();
        closing.close(copy);
        return closing.entangled ? schema : copy;
    }

    private void close(JsonNode node) {
        if (!(node instanceof ObjectNode schema)) {
            return;
        }
        boolean lists = !schema.path(PROPERTIES).isEmpty();
        entangled |= schema.propertyNames().stream().anyMatch(ENTANGLING::contains)
                || ((schema.has("$ref") || schema.has("anyOf")) && (lists || schema.has("required")))
                || (lists && requiresMore(schema));
        for (String keyword : List.of(PROPERTIES, "$defs", "definitions", "anyOf", "prefixItems")) {
            schema.path(keyword).forEach(this::close);
        }
        close(schema.path("items"));
        close(schema.path(MORE));
        if (lists && !schema.has(MORE)) {
            schema.put(MORE, false);
        }
    }

    private static boolean requiresMore(ObjectNode schema) {
        return schema.path("required")
                .valueStream()
                .anyMatch(name -> !schema.path(PROPERTIES).has(name.asString("")));
    }
}
