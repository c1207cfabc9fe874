package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.server.fields.Field;
import smelt.server.fields.Fields;
import smelt.server.http.Route;
import tools.jackson.databind.JsonNode;

/** Guards server/: the OpenAPI document is true to the routes, and to what they read. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OpenApiTest {
    private static RunningServer server;
    private static JsonNode document;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.of("null");
        document = RunningServer.json(server.get("/openapi.json"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<Route> routes() {
        return server.server.routes();
    }

    @Test
    void listsEachRouteAndNoOther() {
        Set<String> listed = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation ->
                                listed.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(listed)
                .isEqualTo(routes().stream()
                        .map(route -> route.method() + " " + route.path().replace("/*", "/{name}"))
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertThat(document.path("openapi").stringValue()).isEqualTo("3.1.0");
    }

    @Test
    void namesEachOperationOnce() {
        List<String> ids = document.path("paths")
                .valueStream()
                .flatMap(JsonNode::valueStream)
                .map(operation -> operation.path("operationId").stringValue())
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void eachListedRouteAnswers() throws Exception {
        for (Route route : routes()) {
            String path = route.path().replace("/*", "/null");
            HttpResponse<String> response = server.send(HttpRequest.newBuilder(server.uri(path))
                    .header("Content-Type", "application/json")
                    .method(
                            route.method(),
                            route.method().equals("GET") || route.method().equals("HEAD")
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString("{}")));
            assertThat(response.statusCode())
                    .as("%s %s: %s", route.method(), path, response.body())
                    .isNotIn(405, 500, 502, 503, 504);
            assertThat(response.body()).doesNotContain("There is nothing at");
        }
    }

    @Test
    void eachTableBelongsToARouteWhoseSchemaHasItsFields() {
        for (Fields table : Server.tables()) {
            if (table.route().contains(" ")) {
                continue; // of an object within a body
            }
            JsonNode schema = document.path("paths")
                    .path(table.route())
                    .valueStream()
                    .filter(operation -> operation.has("requestBody"))
                    .findFirst()
                    .orElseThrow()
                    .path("requestBody")
                    .path("content")
                    .path("application/json")
                    .path("schema");
            Map<Boolean, List<String>> names = table.all().stream()
                    .collect(Collectors.partitioningBy(
                            Field::required, Collectors.mapping(Field::name, Collectors.toList())));
            assertThat(schema.path("properties").propertyNames())
                    .as(table.route())
                    .hasSize(table.all().size());
            assertThat(schema.path("required").valueStream().map(JsonNode::stringValue))
                    .containsExactlyElementsOf(names.getOrDefault(true, List.of()));
            assertThat(schema.path("additionalProperties").isBoolean()).isTrue();
        }
    }

    /** The one without {@code /v1} is the same. */
    @Test
    void aliasesHaveTheSameFields() {
        JsonNode paths = document.path("paths");
        assertThat(paths.path("/v2/rerank").path("post").path("requestBody"))
                .isEqualTo(paths.path("/v1/rerank").path("post").path("requestBody"));
        assertThat(paths.path("/chat/completions").path("post").has("requestBody"))
                .isTrue();
    }
}
