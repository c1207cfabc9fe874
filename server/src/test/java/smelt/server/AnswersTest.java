package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.fields.Field;
import smelt.server.fields.Fields;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Guards server/: what is asked and answered is as the OpenAPI document says, by a validator that others wrote. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AnswersTest {
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
    private static final SchemaRegistry VALIDATOR =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    /** What each route with a table needs at least. */
    private static final Map<String, String> LEAST = new LinkedHashMap<>(Map.of(
            "/v1/chat/completions", HELLO,
            "/v1/completions", "\"prompt\":\"Hello\"",
            "/v1/responses", "\"input\":\"Hello\",\"store\":false",
            "/v1/embeddings", "\"model\":\"vectors\",\"input\":\"Hello\"",
            "/v1/rerank", "\"model\":\"ranks\",\"query\":\"a\",\"documents\":[\"b\",\"c\"]",
            "/v1/messages", HELLO + ",\"max_tokens\":5",
            "/api/chat", "\"model\":\"null\"," + HELLO,
            "/api/generate", "\"model\":\"null\",\"prompt\":\"Hello\"",
            "/api/embed", "\"model\":\"vectors\",\"input\":[\"Hello\"]"));

    private static RunningServer server;
    private static JsonNode document;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.of("null", "vectors", "ranks");
        document = RunningServer.json(server.get("/openapi.json"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode operation(String method, String path) {
        return document.path("paths").path(path).path(method);
    }

    private static JsonNode answer(String method, String path, String type) {
        return operation(method, path)
                .path("responses")
                .path("200")
                .path("content")
                .path(type)
                .path("schema");
    }

    private static void assertValid(JsonNode schema, JsonNode value) {
        assertThat(schema.isObject()).isTrue();
        ObjectNode root = ((ObjectNode) schema).deepCopy();
        root.set("components", document.path("components"));
        Schema compiled = VALIDATOR.getSchema(root);
        assertThat(compiled.validate(value)).as(value.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/chat/completions | ,\"max_tokens\":4",
                "/v1/chat/completions | ,\"max_tokens\":4,\"n\":2,\"logprobs\":true,\"top_logprobs\":3",
                "/v1/chat/completions | ,\"max_tokens\":4,\"return_token_ids\":true,\"prompt_logprobs\":2",
                "/v1/completions | ,\"max_tokens\":4",
                "/v1/completions | ,\"max_tokens\":4,\"echo\":true,\"logprobs\":3,\"best_of\":2",
                "/v1/responses | ,\"max_output_tokens\":4",
                "/v1/embeddings | ,\"user\":\"me\"",
                "/v1/embeddings | ,\"encoding_format\":\"base64\"",
                "/v1/rerank | ,\"top_n\":1",
                "/v1/messages | ,\"stop_sequences\":[\"q\",\"e\"]",
                "/api/chat | ,\"stream\":false,\"logprobs\":true,\"top_logprobs\":2,\"options\":{\"num_predict\":3}",
                "/api/generate | ,\"stream\":false,\"options\":{\"num_predict\":3,\"temperature\":0.5}",
                "/api/embed | ,\"dimensions\":1",
            })
    void requestsAndWholeAnswers(String path, String more) throws Exception {
        String body = "{" + LEAST.get(path) + more + "}";
        HttpResponse<String> response = server.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertValid(answer("post", path, "application/json"), RunningServer.json(response));
        assertValid(
                operation("post", path)
                        .path("requestBody")
                        .path("content")
                        .path("application/json")
                        .path("schema"),
                RunningServer.JSON.readTree(body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/tokenize | {\"content\":\"Hello\",\"with_pieces\":true}",
                "/detokenize | {\"tokens\":[65,66]}",
                "/apply-template | {" + HELLO + "}",
                "/v1/messages/count_tokens | {" + HELLO + "}",
                "/v1/responses/input_tokens | {\"input\":\"Hello\"}",
                "/api/embeddings | {\"model\":\"vectors\",\"prompt\":\"Hello\"}",
            })
    void otherAnswers(String path, String body) throws Exception {
        HttpResponse<String> response = server.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertValid(answer("post", path, "application/json"), RunningServer.json(response));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/models", "/api/tags", "/api/ps", "/api/version", "/version", "/live", "/ready", "/health"})
    void whatIsThere(String path) throws Exception {
        assertValid(answer("get", path, "application/json"), RunningServer.json(server.get(path)));
        assertValid(
                answer("get", "/v1/models/{name}", "application/json"),
                RunningServer.json(server.get("/v1/models/null")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/chat/completions | ,\"logprobs\":true,\"max_tokens\":4",
                "/v1/completions | ,\"max_tokens\":4,\"logprobs\":2",
                "/v1/responses | ,\"max_output_tokens\":4",
                "/v1/messages | ,\"top_k\":5",
            })
    void events(String path, String more) throws Exception {
        JsonNode part = answer("post", path, "text/event-stream").path("x-smelt-part");
        List<JsonNode> events =
                RunningServer.events(server.post(path, "{" + LEAST.get(path) + more + ",\"stream\":true}"));
        assertThat(events).hasSizeGreaterThan(3);
        events.forEach(event -> assertValid(part, event));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/chat", "/api/generate"})
    void lines(String path) throws Exception {
        JsonNode part = answer("post", path, "application/x-ndjson").path("x-smelt-part");
        server.post(path, "{" + LEAST.get(path) + ",\"options\":{\"num_predict\":3}}")
                .body()
                .lines()
                .forEach(line -> assertValid(part, RunningServer.JSON.readTree(line)));
    }

    @Test
    void problems() throws Exception {
        for (String path : LEAST.keySet()) {
            JsonNode schema = operation("post", path)
                    .path("responses")
                    .path("default")
                    .path("content")
                    .path("application/json")
                    .path("schema");
            assertValid(schema, RunningServer.json(server.post(path, "{\"wrong\":1}")));
        }
    }

    /** Beyond a bound is 400 with the field's name, and the bound itself is in range. */
    @Test
    void boundsAreThoseThatHold() throws Exception {
        TreeSet<String> checked = new TreeSet<>();
        for (Fields table : Server.tables()) {
            boolean options = table.route().contains(" ");
            String path = options ? "/api/chat" : table.route();
            for (Field field : table.all()) {
                Field.Bounds bounds = field.bounds();
                if (Double.isFinite(bounds.least())) {
                    assertRefused(path, options, field, bounds.least() - 1, true);
                    assertRefused(path, options, field, bounds.least(), false);
                    checked.add(field.name());
                }
                if (Double.isFinite(bounds.most())) {
                    assertRefused(path, options, field, bounds.most() + 1, true);
                    assertRefused(path, options, field, bounds.most(), false);
                }
                if (!bounds.texts().isEmpty()) {
                    assertThat(send(path, options, field, "\"other\"").statusCode())
                            .isEqualTo(400);
                }
            }
        }
        assertThat(checked).hasSizeGreaterThan(20);
    }

    private static HttpResponse<String> send(String path, boolean options, Field field, String value) throws Exception {
        ObjectNode body = brief(path, field.name());
        ObjectNode holder = options ? body.withObjectProperty("options") : body;
        holder.set(field.name(), RunningServer.JSON.readTree(value));
        return server.post(path, body.toString());
    }

    /** A request for a short answer, unless it is to say itself how long. */
    private static ObjectNode brief(String path, String field) {
        ObjectNode body = (ObjectNode) RunningServer.JSON.readTree("{" + LEAST.get(path) + "}");
        boolean own = field.startsWith("max") || field.equals("min_tokens") || field.equals("options");
        if (own) {
            return body;
        }
        switch (path) {
            case "/v1/chat/completions", "/v1/completions" -> body.put("max_tokens", 2);
            case "/v1/responses" -> body.put("max_output_tokens", 2);
            case "/api/chat", "/api/generate" -> body.putObject("options").put("num_predict", 2);
            default -> {}
        }
        return body;
    }

    private static void assertRefused(String path, boolean options, Field field, double number, boolean expected)
            throws Exception {
        String value = number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        HttpResponse<String> response = send(path, options, field, value);
        boolean refused = response.statusCode() == 400 && response.body().contains(field.name() + " must be");
        assertThat(refused)
                .as("%s %s = %s: %s", path, field.name(), value, response.body())
                .isEqualTo(expected);
    }

    /** What asks for nothing passes, as the document says; what it does not list is refused. */
    @Test
    void refusedFieldsAreMarked() throws Exception {
        for (String path : LEAST.keySet()) {
            JsonNode properties = operation("post", path)
                    .path("requestBody")
                    .path("content")
                    .path("application/json")
                    .path("schema")
                    .path("properties");
            for (Map.Entry<String, JsonNode> field : properties.properties()) {
                if (!field.getValue().path("x-smelt-use").asString("").equals("refused")) {
                    continue;
                }
                assertThat(field.getValue().path("deprecated").booleanValue()).isTrue();
                ObjectNode body = brief(path, field.getKey());
                List<JsonNode> harmless =
                        field.getValue().path("enum").valueStream().toList();
                for (JsonNode value : harmless) {
                    body.set(field.getKey(), value);
                    assertThat(server.post(path, body.toString()).body())
                            .as("%s %s", path, body)
                            .doesNotContain(field.getKey() + " is not supported");
                }
                if (harmless.size() == 1) { // null alone
                    body.put(field.getKey(), true);
                    assertThat(server.post(path, body.toString()).statusCode())
                            .as("%s %s", path, body)
                            .isEqualTo(400);
                }
            }
        }
    }
}
