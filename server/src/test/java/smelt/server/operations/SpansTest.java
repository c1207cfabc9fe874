package smelt.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.server.NullModels;
import smelt.server.RunningServer;

/** Guards server/: the spans that an SDK of OpenTelemetry receives. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SpansTest {
    private static final String SECRET = "Sesame";
    private static final String CHAT =
            "\"messages\":[{\"role\":\"user\",\"content\":\"" + SECRET + "\"}],\"logit_bias\":{\"256\":-100}";
    private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
    private static RunningServer server;

    @BeforeAll
    static void start() {
        GlobalOpenTelemetry.resetForTest();
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(SPANS))
                        .build())
                .build());
        server = RunningServer.of("null", "slow", "vectors");
    }

    @AfterAll
    static void stop() {
        server.close();
        GlobalOpenTelemetry.resetForTest();
    }

    @BeforeEach
    void forget() {
        SPANS.reset();
    }

    /** Those of one request, whose own comes last. */
    private static List<SpanData> await(int count) throws InterruptedException {
        while (SPANS.getFinishedSpanItems().size() < count) {
            Thread.sleep(5);
        }
        assertThat(SPANS.getFinishedSpanItems()).hasSize(count);
        assertThat(SPANS.getFinishedSpanItems().toString()).doesNotContain(SECRET);
        return SPANS.getFinishedSpanItems();
    }

    private static Object attribute(SpanData span, String name) {
        return span.getAttributes().asMap().entrySet().stream()
                .filter(entry -> entry.getKey().getKey().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + span.getAttributes()))
                .getValue();
    }

    @Test
    void aRequestIsPartOfItsCallersTrace() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String ask = "{\"model\":\"slow\",\"max_tokens\":4," + CHAT + "}";
        server.post("/v1/chat/completions", ask, "traceparent", "00-" + trace + "-b7ad6b7169203331-01");
        SpanData request = await(4).getLast();
        assertThat(request.getName()).isEqualTo("POST /v1/chat/completions");
        assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(request.getTraceId()).isEqualTo(trace);
        assertThat(request.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(attribute(request, "http.request.method")).isEqualTo("POST");
        assertThat(attribute(request, "http.response.status_code")).isEqualTo(200L);
        assertThat(attribute(request, "gen_ai.operation.name")).isEqualTo("chat");
        assertThat(attribute(request, "gen_ai.request.model")).isEqualTo("slow");
        assertThat(attribute(request, "gen_ai.usage.input_tokens"))
                .isEqualTo((long) NullModels.promptTokens("user", SECRET));
        assertThat(attribute(request, "gen_ai.usage.output_tokens")).isEqualTo(4L);
        assertThat(attribute(request, "gen_ai.response.finish_reasons")).isEqualTo(List.of("length"));
    }

    @Test
    void queuePrefillAndDecodeFollowEachOtherBelowIt() throws Exception {
        server.post("/v1/chat/completions", "{\"model\":\"slow\",\"max_tokens\":4," + CHAT + "}");
        List<SpanData> all = await(4);
        assertThat(all).extracting(SpanData::getName).containsExactly("queue", "prefill", "decode", "POST " + path());
        SpanData request = all.getLast();
        long end = all.getFirst().getStartEpochNanos();
        for (SpanData part : all.subList(0, 3)) {
            assertThat(part.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(part.getTraceId()).isEqualTo(request.getTraceId());
            assertThat(part.getStartEpochNanos()).isEqualTo(end);
            end = part.getEndEpochNanos();
        }
        SpanData decode = all.get(2);
        assertThat(attribute(decode, "gen_ai.response.finish_reasons")).isEqualTo(List.of("length"));
        assertThat(attribute(decode, "gen_ai.usage.output_tokens")).isEqualTo(4L);
        // three steps of 20 ms; clocks differ by less than one
        assertThat(decode.getEndEpochNanos() - decode.getStartEpochNanos()).isGreaterThan(50_000_000);
        assertThat(end).isBetween(request.getStartEpochNanos() + 60_000_000, request.getEndEpochNanos() + 5_000_000);
    }

    private static String path() {
        return "/v1/chat/completions";
    }

    @Test
    void eachChoiceHasItsOwn() throws Exception {
        server.post("/v1/chat/completions", "{\"model\":\"null\",\"n\":3,\"max_tokens\":2," + CHAT + "}");
        List<SpanData> all = await(10);
        assertThat(attribute(all.getLast(), "gen_ai.response.finish_reasons"))
                .isEqualTo(List.of("length", "length", "length"));
        assertThat(all.stream().filter(span -> span.getName().equals("decode")))
                .extracting(span -> span.getAttributes().get(AttributeKey.longKey("smelt.choice")))
                .containsExactlyInAnyOrder(0L, 1L, 2L);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/completions,text_completion,'\"model\":\"null\",\"prompt\":\"Sesame\",\"max_tokens\":2',4",
        "/v1/messages,chat,'\"model\":\"null\",\"max_tokens\":2,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Sesame\"}]',4",
        "/api/chat,chat,'\"model\":\"null\",\"options\":{\"num_predict\":2},"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Sesame\"}]',4",
        "/v1/embeddings,embeddings,'\"model\":\"vectors\",\"input\":\"Sesame\"',1",
        "/tokenize,,'\"model\":\"null\",\"content\":\"Sesame\"',1",
    })
    void namesWhatIsDone(String path, String operation, String body, int spans) throws Exception {
        assertThat(server.post(path, "{" + body + "}").statusCode()).isEqualTo(200);
        SpanData request = await(spans).getLast();
        assertThat(request.getAttributes().get(AttributeKey.stringKey("gen_ai.operation.name")))
                .isEqualTo(operation);
        assertThat(request.getAttributes().get(AttributeKey.stringKey("http.route")))
                .isEqualTo(path);
    }

    @Test
    void whatTheServerCannotDoIsAnError() throws Exception {
        server.post("/v1/audio/speech", "{}");
        SpanData request = await(1).getLast();
        assertThat(request.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attribute(request, "error.type")).isEqualTo("501");
        SPANS.reset();
        server.post("/v1/chat/completions", "{\"wrong\":1}");
        assertThat(await(1).getLast().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }
}
