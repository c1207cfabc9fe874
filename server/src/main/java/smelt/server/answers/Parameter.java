package smelt.server.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import smelt.engine.constraint.Grammar;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One argument of a tool, for models that write each by itself.
 *
 * @param writing how its value is written
 * @param schema of the value, which can do without the schema around it
 */
record Parameter(String name, Writing writing, JsonNode schema, boolean required) {
    /** How a value is written. */
    enum Writing {
        /** A string as it is, up to the mark behind it. */
        TEXT,
        /** JSON, strings with their quotes. */
        JSON
    }

    private static final Set<String> OF_OBJECTS = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "title",
            "description",
            "default",
            "examples",
            "$schema",
            "$id",
            "$defs",
            "definitions",
            "strict");
    private static final Set<String> OF_TEXTS = Set.of("type", "title", "description", "default", "examples", "enum");
    private static final String ENUM = "enum";

    /** Those of a tool, in the schema's order; empty where its schema says more than which members there are. */
    static Optional<List<Parameter>> of(Tool tool) {
        ObjectNode schema = tool.parameters();
        if (tool.takesNothing()) {
            return Optional.of(List.of());
        }
        List<String> required = schema.path("required")
                .valueStream()
                .map(name -> name.asString(""))
                .toList();
        if (!OF_OBJECTS.containsAll(schema.propertyNames())
                || !(schema.path("properties") instanceof ObjectNode properties)
                || !properties.propertyNames().containsAll(required)) {
            return Optional.empty();
        }
        List<Parameter> all = new ArrayList<>();
        properties.properties().forEach(entry -> {
            Writing writing = isText(entry.getValue()) ? Writing.TEXT : Writing.JSON;
            JsonNode own = withDefinitions(entry.getValue(), schema);
            all.add(new Parameter(entry.getKey(), writing, own, required.contains(entry.getKey())));
        });
        return Optional.of(List.copyOf(all));
    }

    /** Strings of which it is not said how they look, but for a list of them. */
    private static boolean isText(JsonNode schema) {
        return schema.path("type").asString("").equals("string")
                && OF_TEXTS.containsAll(schema.propertyNames())
                && schema.path(ENUM)
                        .valueStream()
                        .allMatch(each -> each.isString()
                                && each.stringValue().strip().equals(each.stringValue())
                                && !each.stringValue().contains("<"));
    }

    private static JsonNode withDefinitions(JsonNode schema, ObjectNode root) {
        if (!(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode own = object.deepCopy();
        for (String definitions : List.of("$defs", "definitions")) {
            if (root.has(definitions) && !own.has(definitions)) {
                own.set(definitions, root.get(definitions));
            }
        }
        return own;
    }

    /** Its value as JSON. */
    Grammar json() {
        return new Grammar.JsonSchema(ClosedSchema.of(schema));
    }

    /** Its value, as it is written, and the mark {@code end} behind it. */
    Grammar upTo(String end) {
        Grammar mark = new Grammar.Literal(end);
        if (writing == Writing.JSON) {
            return new Grammar.Sequence(List.of(json(), mark));
        }
        if (!schema.has(ENUM)) {
            String bare = end.strip(); // the space before it is the value's to have
            return new Grammar.Sequence(List.of(
                    new Grammar.Until(bare), new Grammar.Literal(end.substring(end.indexOf(bare) + bare.length()))));
        }
        List<Grammar> choices = schema.path(ENUM)
                .valueStream()
                .<Grammar>map(each -> new Grammar.Literal(each.stringValue()))
                .toList();
        return new Grammar.Sequence(List.of(new Grammar.OneOf(choices), mark));
    }
}
