package smelt.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static smelt.server.RunningServer.json;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.NullModels;
import smelt.server.RunningServer;
import tools.jackson.databind.JsonNode;

/** Guards server/: embeddings and reranking over HTTP, on models without weights. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class VectorRoutesTest {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.of("vectors", "ranks", "null");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode embed(String fields) throws Exception {
        HttpResponse<String> response = server.post("/v1/embeddings", "{" + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    @Test
    void embeds() throws Exception {
        JsonNode body = embed("\"input\":[\"one\",\"other\"]");
        assertThat(body.path("object").stringValue()).isEqualTo("list");
        assertThat(body.path("model").stringValue()).isEqualTo("vectors");
        assertThat(body.path("usage").path("prompt_tokens").intValue()).isEqualTo(8);
        assertThat(body.path("usage").path("total_tokens").intValue()).isEqualTo(8);
        JsonNode data = body.path("data");
        assertThat(data).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(data.get(i).path("index").intValue()).isEqualTo(i);
            assertThat(data.get(i).path("object").stringValue()).isEqualTo("embedding");
            double square = data.get(i)
                    .path("embedding")
                    .valueStream()
                    .mapToDouble(number -> number.doubleValue() * number.doubleValue())
                    .sum();
            assertThat(square).isCloseTo(1, within(1e-5));
        }
        assertThat(embed("\"input\":\"one\"").path("data").get(0)).isEqualTo(data.get(0));
        assertThat(embed("\"input\":[111,110,101]").path("data").get(0)).isEqualTo(data.get(0));
        assertThat(embed("\"input\":[[111,110,101],[49]]").path("data").get(0)).isEqualTo(data.get(0));
    }

    @Test
    void writesTheSameNumbersAsBase64() throws Exception {
        JsonNode plain = embed("\"input\":\"one\",\"encoding_format\":\"float\"");
        JsonNode coded = embed("\"input\":\"one\",\"encoding_format\":\"base64\"");
        byte[] bytes = Base64.getDecoder()
                .decode(coded.path("data").get(0).path("embedding").stringValue());
        ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        JsonNode numbers = plain.path("data").get(0).path("embedding");
        assertThat(bytes).hasSize(4 * numbers.size());
        numbers.forEach(number -> assertThat(floats.getFloat()).isEqualTo(number.floatValue()));
        embed("\"input\":\"one\",\"dimensions\":" + numbers.size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"model\":\"vectors\" | input | missing_required_parameter",
                "\"input\":[] | input | invalid_value",
                "\"input\":{} | input | invalid_type",
                "\"input\":\"a\",\"dimensions\":3 | dimensions | unsupported_parameter",
                "\"input\":\"a\",\"encoding_format\":\"int8\" | encoding_format | invalid_value",
                "\"input\":\"a\",\"truncate_prompt_tokens\":5 | truncate_prompt_tokens | unsupported_parameter",
                "\"input\":\"a\",\"model\":\"null\" | - | unsupported_operation",
                "\"input\":\"a\",\"model\":\"ranks\" | - | unsupported_operation",
            })
    void namesTheFieldThatIsWrong(String fields, String param, String code) throws Exception {
        HttpResponse<String> response = server.post("/v1/embeddings", "{" + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").path("param").asString("-")).isEqualTo(param);
        assertThat(json(response).path("error").path("code").stringValue()).isEqualTo(code);
    }

    @Test
    void cutsATextOnlyWhereItIsToldTo() throws Exception {
        String text = "\"input\":\"" + "x".repeat(NullModels.CONTEXT + 1) + "\"";
        HttpResponse<String> refused = server.post("/v1/embeddings", "{" + text + "}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).path("error").path("code").stringValue()).isEqualTo("context_length_exceeded");
        assertThat(embed(text + ",\"truncate_prompt_tokens\":-1")
                        .path("usage")
                        .path("prompt_tokens")
                        .intValue())
                .isEqualTo(NullModels.CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/rerank", "/rerank", "/v2/rerank", "/v1/reranking", "/reranking"})
    void ranks(String path) throws Exception {
        String fields = "\"model\":\"ranks\",\"query\":\"who\",\"documents\":[\"he\",{\"text\":\"she\"},\"they\"]";
        JsonNode body = json(server.post(path, "{" + fields + "}"));
        List<JsonNode> results = body.path("results").valueStream().toList();
        assertThat(results).hasSize(3);
        assertThat(results.stream().map(result -> result.path("index").intValue()))
                .containsExactlyInAnyOrder(0, 1, 2);
        for (int i = 0; i < 3; i++) {
            double score = results.get(i).path("relevance_score").doubleValue();
            assertThat(score)
                    .isBetween(
                            0.0,
                            i == 0
                                    ? 1.0
                                    : results.get(i - 1).path("relevance_score").doubleValue());
            assertThat(results.get(i).path("document").path("text").stringValue())
                    .isEqualTo(List.of("he", "she", "they")
                            .get(results.get(i).path("index").intValue()));
        }
        assertThat(body.path("usage").path("total_tokens").intValue()).isPositive();
        JsonNode best = json(server.post(path, "{" + fields + ",\"top_n\":1,\"return_documents\":false}"));
        assertThat(best.path("results")).hasSize(1);
        assertThat(best.path("results").get(0).path("index"))
                .isEqualTo(results.getFirst().path("index"));
        assertThat(best.path("results").get(0).has("document")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"query\":\"a\",\"documents\":[] | documents",
                "\"query\":\"a\",\"documents\":[\"b\",5] | documents[1]",
                "\"query\":[\"a\"],\"documents\":[\"b\"] | query",
                "\"documents\":[\"b\"] | query",
                "\"query\":\"a\",\"documents\":[\"b\"],\"top_n\":0 | top_n",
                "\"query\":\"a\",\"documents\":[\"b\"],\"max_tokens_per_doc\":9 | max_tokens_per_doc",
                "\"query\":\"a\",\"documents\":[\"b\"],\"model\":\"vectors\" | -",
            })
    void namesWhatIsWrongInARanking(String fields, String param) throws Exception {
        String model = fields.contains("model") ? "" : "\"model\":\"ranks\",";
        HttpResponse<String> response = server.post("/v1/rerank", "{" + model + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").path("param").asString("-")).isEqualTo(param);
    }
}
