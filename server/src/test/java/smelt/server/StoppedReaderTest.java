package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;

/** Guards server/: who does not read an answer neither holds the engine nor fills the memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StoppedReaderTest {
    /** Far below what the answers here take, far above what waits for a client that reads. */
    private static final long UNREAD = 300_000;

    private static final String ASK = "\"stream\":true,\"ignore_eos\":true,\"logprobs\":true,\"top_logprobs\":20";
    private static final List<String> LINES = Collections.synchronizedList(new ArrayList<>());
    private static final Logger LOG = Logger.getLogger(Exchange.class.getName());
    private static final Handler KEEPER = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            LINES.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private RunningServer server;

    @BeforeEach
    void start() {
        LOG.addHandler(KEEPER);
        server = RunningServer.loading(
                ServerSettings.DEFAULT.withRequests(Serving.Limits.DEFAULT.withUnreadBytes(UNREAD)),
                new NullModels(),
                "null",
                "slow");
        server.server.loaded().join();
    }

    @AfterEach
    void stop() {
        LOG.removeHandler(KEEPER);
        server.close();
    }

    private void awaitIdle() throws Exception {
        while (server.host.list().getFirst().leases() == 0) {
            Thread.sleep(1);
        }
        while (server.host.list().getFirst().leases() > 0) {
            Thread.sleep(5);
        }
    }

    /** Who watches hears of a request when it is over, which is after the model is given back. */
    private void awaitMetrics(String... lines) throws Exception {
        while (!Stream.of(lines).allMatch(server.get("/metrics").body()::contains)) {
            Thread.sleep(5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions,'\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"n\":4'",
        "/v1/completions,'\"prompt\":[\"a\",\"b\",\"c\",\"d\"],\"max_tokens\":4000'",
    })
    void isGivenUp(String path, String what) throws Exception {
        LINES.clear();
        String body = "{" + ASK + "," + what + "}";
        if (path.equals("/v1/completions")) {
            body = body.replace("\"logprobs\":true,\"top_logprobs\":20", "\"logprobs\":20");
        }
        try (RawClient client = new RawClient(server.server.uri())) {
            client.post(path, body, "X-Request-Id: lazy-1");
            awaitIdle();
            assertThat(client.readAll()).startsWith("HTTP/1.1 200").doesNotContain("[DONE]");
        }
        awaitMetrics(
                "smelt_http_readers_given_up_total{why=\"unread\"} 1.0",
                "vllm:num_requests_running{model_name=\"null\"} 0.0");
        assertThat(LINES).singleElement().asString().contains("lazy-1", path, "unread");
    }

    /** Its writes end all the time, so that it never counts as stalled. */
    @Test
    void whoReadsByteByByteIsGivenUp() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            client.post(
                    "/v1/chat/completions",
                    "{" + ASK + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"n\":4}");
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    while (!client.readUntil("x").endsWith("<end>")) {
                        Thread.sleep(5);
                    }
                } catch (Exception e) {
                    // it was ended
                }
            });
            awaitIdle();
            client.vanish();
            reader.join();
        }
        awaitMetrics("readers_given_up_total{why=\"unread\"} 1.0");
    }

    /** At 20 ms a step a reader keeps up, beside others who do not. */
    @Test
    void whoReadsIsNotGivenUp() throws Exception {
        try (RawClient lazy = new RawClient(server.server.uri())) {
            lazy.post(
                    "/v1/chat/completions",
                    "{" + ASK + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"n\":4}");
            HttpResponse<String> answer = server.post(
                    "/v1/chat/completions",
                    "{\"model\":\"slow\",\"max_tokens\":50," + ASK
                            + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
            assertThat(RunningServer.data(answer)).endsWith("[DONE]");
            assertThat(RunningServer.events(answer)).hasSize(52);
        }
    }

    /** It is in memory whole before it is told. */
    @Test
    void anAnswerThatIsToldWholeHasNoBound() throws Exception {
        HttpResponse<String> answer = server.post(
                "/v1/chat/completions",
                "{" + ASK.replace("\"stream\":true", "\"stream\":false")
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"max_tokens\":2000}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"completion_tokens\":2000");
    }
}
