package smelt.server.answers;

import smelt.engine.constraint.Grammar;
import smelt.engine.constraint.JsonKind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/**
 * What content must look like.
 *
 * @param field that asks for it
 */
public record Shape(Grammar grammar, String field) {
    /** Any JSON object. */
    public static Shape object(String field) {
        return new Shape(new Grammar.AnyJson(JsonKind.OBJECT), field);
    }

    /**
     * JSON that a schema describes.
     *
     * @throws Problem 400 where it is no schema, or too large
     */
    public static Shape schema(JsonNode schema, String field, Serving.Limits limits) {
        checkSchema(schema, field, limits);
        return new Shape(new Grammar.JsonSchema(ClosedSchema.of(schema)), field);
    }

    static void checkSchema(JsonNode schema, String field, Serving.Limits limits) {
        if (!schema.isObject() && !schema.isBoolean()) {
            throw Problem.invalid(
                    field,
                    field + " must be a JSON schema but is "
                            + (schema.isMissingNode() ? "missing" : Fields.described(schema)));
        }
        checkSize(schema.toString().length(), field, limits);
    }

    /** Text that a pattern or a grammar describes. */
    public static Shape of(Grammar grammar, String text, String field, Serving.Limits limits) {
        checkSize(text.length(), field, limits);
        return new Shape(grammar, field);
    }

    private static void checkSize(int characters, String field, Serving.Limits limits) {
        if (characters > limits.schemaCharacters()) {
            throw Problem.invalid(
                            field, field + " has " + characters + " characters, at most " + limits.schemaCharacters())
                    .withCode("limit_exceeded");
        }
    }
}
