package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.engine.Metrics;
import smelt.engine.hosting.ModelHost;

/** Guards server/: who leaves takes nothing more, wherever the request is; steps take 20 ms here. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class VanishedClientTest {
    /** Most of it is the step that runs when the client leaves. */
    private static final long NOTICE_MILLIS = 500;

    private static final String LONG_ANSWER =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"ignore_eos\":true,\"max_tokens\":2000";

    private RunningServer server;

    @BeforeEach
    void start() {
        server = RunningServer.of("slow");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Metrics metrics() throws InterruptedException {
        try (ModelHost.Lease lease = server.host.use("slow")) {
            return lease.model().engine().metrics();
        }
    }

    private void awaitBusy(int requests) throws InterruptedException {
        while (metrics().running() + metrics().waiting() < requests) {
            Thread.sleep(2);
        }
    }

    private void assertSoonIdle() throws InterruptedException {
        long left = System.nanoTime();
        while (metrics().running() + metrics().waiting() > 0
                || server.host.list().getFirst().leases() > 0) {
            assertThat((System.nanoTime() - left) / 1_000_000)
                    .as("ms since the client left")
                    .isLessThan(NOTICE_MILLIS);
            Thread.sleep(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whileNothingIsWritten(boolean resets) throws Exception {
        RawClient client = new RawClient(server.server.uri()).post("/v1/chat/completions", LONG_ANSWER + "}");
        awaitBusy(1);
        leave(client, resets);
        assertSoonIdle();
    }

    private static void leave(RawClient client, boolean resets) throws Exception {
        if (resets) {
            client.vanish();
        } else {
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void amidAStream(boolean resets) throws Exception {
        RawClient client =
                new RawClient(server.server.uri()).post("/v1/chat/completions", LONG_ANSWER + ",\"stream\":true}");
        client.readUntil("data: ");
        awaitBusy(1);
        leave(client, resets);
        assertSoonIdle();
    }

    @Test
    void inTheQueueAndInPrefill() throws Exception {
        String prompt = "x".repeat(3000);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(new RawClient(server.server.uri())
                    .post(
                            "/v1/chat/completions",
                            "{\"messages\":[{\"role\":\"user\",\"content\":\"" + i + prompt + "\"}]}"));
        }
        awaitBusy(20);
        for (RawClient client : clients) {
            client.vanish();
        }
        assertSoonIdle();
    }

    @Test
    void ofOneStreamOfSeveralOnAConnection() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest probe = HttpRequest.newBuilder(server.uri("/health")).build();
            assertThat(client.send(probe, HttpResponse.BodyHandlers.ofString()).version())
                    .isEqualTo(HttpClient.Version.HTTP_2);
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                answers.add(client.sendAsync(
                        HttpRequest.newBuilder(server.uri("/v1/chat/completions"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        LONG_ANSWER.replace("2000", i == 0 ? "2000" : "40") + "}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
            }
            awaitBusy(2);
            answers.getFirst().cancel(true);
            long left = System.nanoTime();
            while (metrics().running() > 1) {
                assertThat((System.nanoTime() - left) / 1_000_000).isLessThan(NOTICE_MILLIS);
                Thread.sleep(2);
            }
            assertThat(answers.getLast().get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theConnectionServesTheNextRequestAfterAnAnswer() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            for (int i = 0; i < 3; i++) {
                client.post("/v1/chat/completions", LONG_ANSWER.replace("2000", "2") + "}");
                assertThat(client.readUntil("\"usage\""))
                        .startsWith("HTTP/1.1 200")
                        .doesNotContain("<end>");
                client.readUntil("}}}");
            }
            // two at once: the second is read ahead while the first is answered
            client.post("/v1/chat/completions", LONG_ANSWER.replace("2000", "5") + "}");
            client.post("/v1/chat/completions", LONG_ANSWER.replace("2000", "3") + "}");
            assertThat(client.readUntil("\"completion_tokens\":5")).doesNotContain("<end>");
            assertThat(client.readUntil("\"completion_tokens\":3")).doesNotContain("<end>");
        }
    }
}
