package smelt.server.openai;

import static smelt.server.fields.Field.supported;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.engine.constraint.Grammar;
import smelt.server.answers.Shape;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields that say what an answer must look like: those of OpenAI, llama.cpp and vLLM. At most one may be there. */
final class ShapeFields {
    private static final String FORMAT = "response_format";
    private static final String TEXT_FORMAT = "text.format";
    private static final String STRUCTURED = "structured_outputs";

    /** Of all routes that generate. */
    static final List<Field> FIELDS = List.of(
            supported("json_schema", Kind.OBJECT, "the answer is JSON of this schema; llama.cpp's"),
            supported("grammar", Kind.STRING, "the answer is a text of this grammar, in llama.cpp's form (GBNF)"),
            supported(
                    STRUCTURED,
                    Kind.OBJECT,
                    "one of json (a schema), json_object, regex, choice and grammar (GBNF); vLLM's"),
            supported("guided_json", Kind.ANY, "older than structured_outputs.json"),
            supported("guided_regex", Kind.STRING, "older than structured_outputs.regex"),
            supported("guided_choice", Kind.ARRAY, "older than structured_outputs.choice"),
            supported("guided_grammar", Kind.STRING, "older than structured_outputs.grammar"));

    /** Of chats alone. */
    static final Field RESPONSE_FORMAT = supported(
            FORMAT,
            Kind.OBJECT,
            "text, json_object or json_schema; the answer is JSON from its first character, strict or not");

    private final Body body;
    private final Serving.Limits limits;
    private final List<Shape> found = new ArrayList<>();

    private ShapeFields(Body body, Serving.Limits limits) {
        this.body = body;
        this.limits = limits;
    }

    /** Of a body whose table has {@link #FIELDS}. */
    static Optional<Shape> read(Body body, Serving.Limits limits) {
        return new ShapeFields(body, limits).readAll().one();
    }

    /** Of a body whose table has {@link #RESPONSE_FORMAT} too. */
    static Optional<Shape> ofChat(Body body, Serving.Limits limits) {
        var fields = new ShapeFields(body, limits);
        body.object(FORMAT)
                .flatMap(format -> fields.format(format, format.path("json_schema"), FORMAT, FORMAT + ".json_schema"))
                .ifPresent(fields.found::add);
        return fields.readAll().one();
    }

    /** Of a body whose table has {@code text}, whose format has its schema beside its type. */
    static Optional<Shape> ofResponse(Body body, Serving.Limits limits) {
        var fields = new ShapeFields(body, limits);
        body.object("text")
                .map(text -> text.path("format"))
                .filter(format -> !format.isMissingNode() && !format.isNull())
                .flatMap(format -> fields.format(format, format, TEXT_FORMAT, TEXT_FORMAT))
                .ifPresent(fields.found::add);
        return fields.readAll().one();
    }

    private Optional<Shape> one() {
        if (found.size() > 1) {
            throw Problem.invalid(
                    found.get(1).field(),
                    found.get(0).field() + " and " + found.get(1).field() + " cannot be given together");
        }
        return found.stream().findFirst();
    }

    private ShapeFields readAll() {
        body.object("json_schema").ifPresent(schema -> found.add(Shape.schema(schema, "json_schema", limits)));
        body.any("guided_json").ifPresent(schema -> found.add(Shape.schema(schema, "guided_json", limits)));
        body.string("guided_regex").ifPresent(text -> found.add(regex(text, "guided_regex")));
        body.array("guided_choice").ifPresent(texts -> found.add(choice(texts, "guided_choice")));
        for (String name : List.of("grammar", "guided_grammar")) {
            body.string(name).filter(text -> !text.isEmpty()).ifPresent(text -> found.add(grammar(text, name)));
        }
        body.object(STRUCTURED).ifPresent(this::structured);
        return this;
    }

    /** @param holder what has the schema, at {@code place} */
    private Optional<Shape> format(JsonNode format, JsonNode holder, String field, String place) {
        String type = format.path("type").asString("");
        return switch (type) {
            case "text" -> Optional.empty();
            case "json_object" ->
                Optional.of(
                        format.has("schema")
                                ? Shape.schema(format.path("schema"), field + ".schema", limits)
                                : Shape.object(field));
            case "json_schema" -> Optional.of(Shape.schema(holder.path("schema"), place + ".schema", limits));
            default ->
                throw Problem.invalid(
                        field,
                        field + ".type must be text, json_object or json_schema but is "
                                + (format.has("type") ? Fields.described(format.path("type")) : "missing"));
        };
    }

    private void structured(ObjectNode given) {
        int before = found.size();
        given.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            String where = STRUCTURED + "." + entry.getKey();
            if (!value.isNull()) {
                switch (entry.getKey()) {
                    case "json" -> found.add(Shape.schema(value, where, limits));
                    case "regex" -> found.add(regex(text(value, where), where));
                    case "choice" -> found.add(choice(value, where));
                    case "grammar" -> found.add(grammar(text(value, where), where));
                    case "json_object" -> {
                        if (value.asBoolean(false)) {
                            found.add(Shape.object(where));
                        }
                    }
                    case "disable_any_whitespace", "disable_additional_properties", "whitespace_pattern" ->
                        throw Problem.unsupported(where, where + " is not supported");
                    default -> throw Problem.invalid(where, "There is no field named " + where);
                }
            }
        });
        if (found.size() == before) {
            throw Problem.invalid(STRUCTURED, STRUCTURED + " must have json, json_object, regex, choice or grammar");
        }
    }

    private static String text(JsonNode value, String where) {
        if (!value.isString()) {
            throw Problem.invalid(where, where + " must be a string but is " + Fields.described(value));
        }
        return value.stringValue();
    }

    private Shape regex(String pattern, String where) {
        return Shape.of(new Grammar.Regex(pattern), pattern, where, limits);
    }

    private Shape grammar(String text, String where) {
        return Shape.of(new Grammar.Gbnf(text), text, where, limits);
    }

    private Shape choice(JsonNode texts, String where) {
        if (!texts.isArray() || texts.isEmpty() || !texts.valueStream().allMatch(JsonNode::isString)) {
            throw Problem.invalid(where, where + " must be an array of at least one string");
        }
        List<Grammar> choices = texts.valueStream()
                .<Grammar>map(text -> new Grammar.Literal(text.stringValue()))
                .toList();
        return Shape.of(new Grammar.OneOf(choices), texts.toString(), where, limits);
    }
}
