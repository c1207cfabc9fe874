package smelt.server.operations;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import smelt.server.fields.Field;
import smelt.server.fields.Fields;
import smelt.server.http.Dialect;
import smelt.server.http.Json;
import smelt.server.http.Route;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The OpenAPI document of a server: made of its routes and of the tables of their fields, so that it cannot lag. */
public final class OpenApi {
    private static final String PATH = "/openapi.json";
    private static final String TAIL = "/*";
    private static final String TAIL_PARAMETER = "name";
    private static final String NESTED = "options";
    /** Whether a field is supported, ignored or refused. */
    private static final String USE = "x-smelt-use";
    /** The JSON of each event or line of an answer that comes in parts. */
    private static final String PART = "x-smelt-part";

    private static final JsonNode ANSWERS = answers();
    /** Values that ask for nothing, of one field or another. */
    private static final List<JsonNode> HARMLESS = harmless();

    /** By route's handler, which all paths of a route share. */
    private final Map<Route.Handler, Fields> tables = new IdentityHashMap<>();

    /** What a route answers, by its handler. */
    private final Map<Route.Handler, JsonNode> answers = new IdentityHashMap<>();

    private final boolean lenient;
    /** Of the field {@link #NESTED}, which has a table of its own. */
    private final @Nullable Fields options;

    private OpenApi(List<Route> routes, List<Fields> fields, boolean lenient) {
        this.lenient = lenient;
        options = fields.stream()
                .filter(table -> table.route().endsWith(" " + NESTED))
                .findFirst()
                .orElse(null);
        ANSWERS.path("answers")
                .properties()
                .forEach(answer -> routes.stream()
                        .filter(route -> route.path().equals(answer.getKey()))
                        .forEach(route -> answers.put(route.handler(), answer.getValue())));
        for (Fields table : fields) {
            routes.stream()
                    .filter(route -> route.path().equals(table.route()) && takesBody(route))
                    .forEach(route -> tables.put(route.handler(), table));
        }
    }

    private static JsonNode answers() {
        try (InputStream in = Objects.requireNonNull(OpenApi.class.getResourceAsStream("answers.yaml"))) {
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> harmless() {
        JsonNode all = new YAMLMapper()
                .readTree("[false, true, 0, 1, -1, '', none, auto, text, disabled, [], {}, [text], {type: text}, "
                        + "{type: none}, {type: auto}, {type: disabled}]");
        return all.valueStream().toList();
    }

    private static boolean takesBody(Route route) {
        return !route.method().equals("GET") && !route.method().equals("HEAD");
    }

    /**
     * The route that tells the document.
     *
     * @param routes all others
     * @param tables of those that read a body
     * @param lenient whether fields that no table knows pass
     * @param version of this program
     */
    public static Route route(List<Route> routes, List<Fields> tables, boolean lenient, String version) {
        List<Route> all = new ArrayList<>(routes);
        all.add(Route.open("GET", PATH, Dialect.OPENAI, exchange -> {}));
        ObjectNode document = new OpenApi(all, tables, lenient).document(all, version);
        return Route.open("GET", PATH, Dialect.OPENAI, exchange -> exchange.reply(200, document));
    }

    private ObjectNode document(List<Route> routes, String version) {
        ObjectNode document = Json.object().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "smelt")
                .put("version", version)
                .put("description", "Models behind the interfaces that programs already use.");
        document.putArray("servers").addObject().put("url", "/");
        ObjectNode paths = document.putObject("paths");
        routes.forEach(
                route -> paths.withObject(pointer(documented(route.path()))).set(method(route), operation(route)));
        ObjectNode components = document.putObject("components");
        ObjectNode schemas = components.putObject("schemas");
        schemas.setAll((ObjectNode) ANSWERS.path("schemas"));
        for (Dialect dialect : Dialect.values()) {
            schemas.set(name(dialect), error(dialect));
        }
        ObjectNode security = components.putObject("securitySchemes");
        security.putObject("bearer").put("type", "http").put("scheme", "bearer");
        security.putObject("key").put("type", "apiKey").put("in", "header").put("name", "x-api-key");
        return document;
    }

    private static String pointer(String path) {
        return "/" + path.replace("~", "~0").replace("/", "~1");
    }

    private static String component(String schema) {
        return "#/components/schemas/" + schema;
    }

    private static String method(Route route) {
        return route.method().toLowerCase(Locale.ROOT);
    }

    private static String documented(String path) {
        return path.endsWith(TAIL) ? path.substring(0, path.length() - 1) + "{" + TAIL_PARAMETER + "}" : path;
    }

    private static String name(Dialect dialect) {
        return dialect.name().charAt(0) + dialect.name().substring(1).toLowerCase(Locale.ROOT) + "Error";
    }

    private ObjectNode operation(Route route) {
        ObjectNode operation = Json.object()
                .put(
                        "operationId",
                        method(route) + route.path().replace("/*", "/any").replaceAll("[^A-Za-z0-9]+", "_"));
        operation.putArray("tags").add(route.dialect().name().toLowerCase(Locale.ROOT));
        if (route.path().endsWith(TAIL)) {
            ObjectNode parameter = operation.putArray("parameters").addObject();
            parameter
                    .put("name", TAIL_PARAMETER)
                    .put("in", "path")
                    .put("required", true)
                    .put("description", "may have slashes");
            parameter.putObject("schema").put("type", "string");
        }
        Fields table = tables.get(route.handler());
        if (table != null) {
            ObjectNode body = operation.putObject("requestBody").put("required", true);
            body.putObject("content").putObject("application/json").set("schema", schema(table));
        }
        operation.set("responses", responses(route, table));
        ArrayNode security = operation.putArray("security");
        if (route.access() == Route.Access.KEYED) {
            security.addObject().putArray("bearer");
            security.addObject().putArray("key");
            security.addObject(); // where no keys are set
        }
        return operation;
    }

    private ObjectNode responses(Route route, @Nullable Fields table) {
        ObjectNode responses = Json.object();
        ObjectNode answer = responses.putObject("200").put("description", "The answer");
        JsonNode told = answers.getOrDefault(route.handler(), MissingNode.getInstance());
        if (table != null || told.has("whole")) {
            ObjectNode content = answer.putObject("content");
            ObjectNode whole = content.putObject("application/json").putObject("schema");
            if (told.has("whole")) {
                whole.put("$ref", component(told.path("whole").stringValue()));
            } else {
                whole.put("type", "object");
            }
        }
        if (table != null) {
            ObjectNode content = (ObjectNode) answer.path("content");
            if (table.all().stream().anyMatch(field -> field.name().equals("stream"))) {
                String streamed = route.dialect() == Dialect.OLLAMA ? "application/x-ndjson" : "text/event-stream";
                ObjectNode schema =
                        content.putObject(streamed).putObject("schema").put("type", "string");
                if (told.has("part")) {
                    schema.putObject(PART)
                            .put("$ref", component(told.path("part").stringValue()));
                }
            }
        }
        responses
                .putObject("default")
                .put("description", "What was wrong")
                .putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", component(name(route.dialect())));
        return responses;
    }

    private ObjectNode supported(Field field) {
        Fields nested = NESTED.equals(field.name()) ? options : null;
        ObjectNode schema = nested == null ? schema(field.kind(), !field.required()) : nullable(schema(nested));
        Field.Bounds bounds = field.bounds();
        if (Double.isFinite(bounds.least())) {
            ObjectNode bounded = schema(field.kind(), false);
            bounded.set("minimum", number(bounds.least()));
            if (Double.isFinite(bounds.most())) {
                bounded.set("maximum", number(bounds.most()));
            }
            schema = anyOf(!field.required(), bounded);
        }
        if (!bounds.texts().isEmpty()) {
            ArrayNode values = schema.putArray("enum");
            bounds.texts().forEach(values::add);
            values.addNull();
        }
        return schema;
    }

    private static JsonNode number(double value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return value == Math.rint(value) ? nodes.numberNode((long) value) : nodes.numberNode(value);
    }

    private static ObjectNode nullable(ObjectNode schema) {
        schema.putArray("type").add("object").add("null");
        return schema;
    }

    /** Whatever asks for nothing passes. */
    private static ObjectNode refused(Field field) {
        ObjectNode schema = Json.object();
        ArrayNode values = schema.putArray("enum").addNull();
        HARMLESS.forEach(value -> {
            if (field.harmless().test(value)) {
                values.add(value);
            }
        });
        return schema.put("deprecated", true);
    }

    private ObjectNode schema(Fields table) {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.arrayNode();
        for (Field field : table.all()) {
            properties.set(field.name(), schema(field));
            if (field.required()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema.put("additionalProperties", lenient);
    }

    private ObjectNode schema(Field field) {
        return switch (field.use()) {
            case SUPPORTED -> supported(field).put("description", field.note()).put(USE, "supported");
            case IGNORED ->
                Json.object().put("description", "Ignored: " + field.note()).put(USE, "ignored");
            case REFUSED ->
                refused(field).put("description", "Refused: " + field.note()).put(USE, "refused");
        };
    }

    private static ObjectNode schema(Field.Kind kind, boolean nullable) {
        return switch (kind) {
            case STRING -> typed("string", nullable);
            case INTEGER -> typed("integer", nullable);
            case NUMBER -> typed("number", nullable);
            case BOOLEAN -> typed("boolean", nullable);
            case ARRAY -> typed("array", nullable);
            case OBJECT -> typed("object", nullable);
            case STRINGS -> anyOf(nullable, typed("string", false), array(typed("string", false)));
            case VALUE -> anyOf(nullable, typed("string", false), typed("number", false));
            case VALUES -> anyOf(nullable, typed("string", false), typed("number", false), array(value()));
            case IDS -> nullable ? anyOf(true, ids()) : ids();
            case PROMPTS -> anyOf(nullable, typed("string", false), array(typed("string", false)), ids(), array(ids()));
            case ANY -> Json.object();
        };
    }

    private static ObjectNode value() {
        return anyOf(false, typed("string", false), typed("number", false));
    }

    private static ObjectNode typed(String type, boolean nullable) {
        ObjectNode schema = Json.object();
        if (nullable) {
            schema.putArray("type").add(type).add("null");
            return schema;
        }
        return schema.put("type", type);
    }

    private static ObjectNode array(ObjectNode items) {
        ObjectNode schema = typed("array", false);
        schema.set("items", items);
        return schema;
    }

    private static ObjectNode ids() {
        return array(typed("integer", false).put("minimum", 0).put("maximum", Integer.MAX_VALUE));
    }

    private static ObjectNode anyOf(boolean nullable, ObjectNode... choices) {
        ObjectNode schema = Json.object();
        ArrayNode all = schema.putArray("anyOf");
        for (ObjectNode choice : choices) {
            all.add(choice);
        }
        if (nullable) {
            all.add(typed("null", false));
        }
        return schema;
    }

    private static ObjectNode error(Dialect dialect) {
        ObjectNode text = typed("string", false);
        return switch (dialect) {
            case OLLAMA -> object(Map.of("error", text));
            case ANTHROPIC -> {
                ObjectNode error = object(Map.of("type", text, "message", text));
                error.withObject("/properties").set("details", object(Map.of("error_code", text)));
                yield object(Map.of("type", text, "error", error));
            }
            case OPENAI ->
                object(Map.of(
                        "error",
                        object(Map.of(
                                "message",
                                text,
                                "type",
                                text,
                                "param",
                                typed("string", true),
                                "code",
                                typed("string", true)))));
        };
    }

    /** All of these, in alphabetical order. */
    private static ObjectNode object(Map<String, ObjectNode> properties) {
        ObjectNode schema = typed("object", false);
        ObjectNode all = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        properties.keySet().stream().sorted().forEach(name -> {
            all.set(name, properties.get(name));
            required.add(name);
        });
        return schema;
    }
}
