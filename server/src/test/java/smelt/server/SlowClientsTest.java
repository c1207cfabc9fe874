package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.server.http.HttpSettings;
import smelt.server.http.Limits;

/** Guards server/: who is slow to ask, or asks nothing, holds a connection for a limited time. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlowClientsTest {
    private static final long RECEIVE_MILLIS = 1000;
    private static final long IDLE_MILLIS = 2000;
    /** A machine that is busy with other things. */
    private static final long SLACK_MILLIS = 8000;

    private static final String CHAT = "/v1/chat/completions";
    private static final String HELLO = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":2}";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        Limits limits = Limits.DEFAULT.withTimeouts(Duration.ofMillis(RECEIVE_MILLIS), Duration.ofMillis(IDLE_MILLIS));
        server = RunningServer.loading(
                ServerSettings.DEFAULT.withHttp(HttpSettings.DEFAULT.withLimits(limits)),
                new NullModels(),
                "null",
                "slow");
        server.server.loaded().join();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String post(String header) {
        return "POST " + CHAT + " HTTP/1.1\nHost: localhost\nContent-Type: application/json\n" + header + "\n\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G",
                "GET /health HTTP/1.1\n",
                "GET /health HTTP/1.1\nHost: localhost\n",
                "GET /health HTTP/1.1\nHost: localhost\nX-Long: aaa"
            })
    void aHeadThatDoesNotEnd(String begin) throws Exception {
        long from = System.nanoTime();
        try (RawClient client = new RawClient(server.server.uri())) {
            assertThat(client.send(begin).readAll())
                    .startsWith("HTTP/1.1 408")
                    .contains("\"code\":\"request_timeout\"");
        }
        assertTook(from, RECEIVE_MILLIS);
    }

    @Test
    void aHeadThatComesByteByByte() throws Exception {
        long from = System.nanoTime();
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send("GET /health HTTP/1.1\nHost: localhost\n");
            Thread trickle = trickle(client, "X-Long: ");
            assertThat(client.readUntil("request_timeout")).startsWith("HTTP/1.1 408");
            trickle.join();
        }
        assertTook(from, RECEIVE_MILLIS);
    }

    /** A byte every 50 ms, until the other end has closed. */
    private static Thread trickle(RawClient client, String begin) throws Exception {
        client.send(begin);
        return Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    client.send("a");
                    Thread.sleep(50);
                }
            } catch (Exception e) {
                // it is closed
            }
        });
    }

    private static void assertTook(long from, long atLeast) {
        assertThat((System.nanoTime() - from) / 1_000_000).isBetween(atLeast - 50, atLeast + SLACK_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5000", "Content-Length: 5000\nExpect: 100-continue"})
    void aBodyThatComesByteByByte(String header) throws Exception {
        long from = System.nanoTime();
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send(post(header));
            Thread trickle = trickle(client, "{\"user\":\"");
            assertThat(client.readUntil("request_timeout")).contains("HTTP/1.1 408");
            trickle.join();
        }
        assertTook(from, RECEIVE_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5\n{\"a\":\n", "5\n{\"a\""})
    void aBodyInChunksThatDoesNotEnd(String begin) throws Exception {
        long from = System.nanoTime();
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send(post("Transfer-Encoding: chunked") + begin);
            assertThat(client.readAll()).startsWith("HTTP/1.1 408").contains("request_timeout");
        }
        assertTook(from, RECEIVE_MILLIS);
    }

    @Test
    void aBodyThatNobodyReads() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send("POST /nowhere HTTP/1.1\nHost: localhost\nContent-Length: 5000\n\n{");
            assertThat(client.readAll()).startsWith("HTTP/1.1 404").doesNotContain("HTTP/1.1 408");
        }
    }

    /** Over HTTP/2 the stream alone ends. */
    @Test
    void aBodyOverHttp2ThatDoesNotEnd() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest models =
                    HttpRequest.newBuilder(server.uri("/v1/models")).build();
            assertThat(client.send(models, HttpResponse.BodyHandlers.ofString()).version())
                    .isEqualTo(HttpClient.Version.HTTP_2);
            HttpRequest slow = HttpRequest.newBuilder(server.uri(CHAT))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.fromPublisher(endless()))
                    .build();
            HttpResponse<String> answer = client.send(slow, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(408);
            assertThat(answer.body()).contains("request_timeout");
            assertThat(client.send(models, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
    }

    private static Flow.Publisher<ByteBuffer> endless() {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private boolean begun;

            @Override
            public void request(long n) {
                if (!begun) {
                    begun = true;
                    subscriber.onNext(ByteBuffer.wrap("{".getBytes(StandardCharsets.UTF_8)));
                }
            }

            @Override
            public void cancel() {}
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /health HTTP/1.1\nHost: localhost\n\n"})
    void aConnectionThatAsksNothingMore(String asked) throws Exception {
        long from = System.nanoTime();
        try (RawClient client = new RawClient(server.server.uri())) {
            String all = client.send(asked).readAll();
            assertThat(all).doesNotContain("HTTP/1.1 408");
            assertThat(all.isEmpty()).isEqualTo(asked.isEmpty());
        }
        assertTook(from, IDLE_MILLIS);
    }

    @Test
    void aPrefaceOfHttp2ThatDoesNotEnd() throws Exception {
        long from = System.nanoTime();
        try (RawClient client = new RawClient(server.server.uri())) {
            assertThat(client.send("PRI * HTTP/2.0\n").readAll()).isEmpty();
        }
        assertTook(from, RECEIVE_MILLIS);
    }

    @Test
    void anHttp2ConnectionThatAsksNothing() throws Exception {
        long from = System.nanoTime();
        try (RawClient client = new RawClient(server.server.uri())) {
            client.send("PRI * HTTP/2.0\n\nSM\n\n").send("\0\0\0\4\0\0\0\0\0");
            assertThat(client.readAll()).isNotEmpty(); // settings, goodbye
        }
        assertTook(from, IDLE_MILLIS);
    }

    /** 2 x 20 ms x 60 is longer than both limits. */
    @Test
    void anAnswerMayTakeLonger() throws Exception {
        String ask = HELLO.replace("\"max_tokens\":2", "\"model\":\"slow\",\"ignore_eos\":true,\"max_tokens\":120");
        try (RawClient client = new RawClient(server.server.uri())) {
            client.post(CHAT, ask);
            assertThat(client.readUntil("\"completion_tokens\":120")).startsWith("HTTP/1.1 200");
            client.post(CHAT, HELLO);
            assertThat(client.readUntil("\"completion_tokens\":2")).contains("HTTP/1.1 200");
        }
    }

    /** Each part has a limit of its own, and the next request another. */
    @Test
    void whoPausesIsHeard() throws Exception {
        try (RawClient client = new RawClient(server.server.uri())) {
            for (int i = 0; i < 3; i++) {
                client.send("POST " + CHAT + " HTTP/1.1\nHost: local");
                Thread.sleep(RECEIVE_MILLIS / 2);
                client.send("host\nContent-Length: " + HELLO.length() + "\n\n" + HELLO.substring(0, 9));
                Thread.sleep(RECEIVE_MILLIS / 2);
                client.send(HELLO.substring(9));
                assertThat(client.readUntil("\"completion_tokens\":2")).contains("HTTP/1.1 200");
                Thread.sleep(IDLE_MILLIS / 2);
            }
        }
    }
}
