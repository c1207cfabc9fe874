package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.engine.hosting.ModelHost;
import smelt.server.RunningServer;

/**
 * Guards server/ against clients that are right but odd: bytes one by one, pauses amid an event, requests in a row,
 * chunks of odd sizes, bodies that wait for leave, all versions of HTTP. Each gets the answer that everybody gets; a
 * neighbour notices nothing; nothing is left in the engine. More of them: {@code -Dsmelt.odd=COUNT}, of another seed:
 * {@code -Dsmelt.fuzzSeed=SEED}.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class TimingFuzzTest {
    private static final int COUNT = Integer.getInteger("smelt.odd", 64);
    private static final long SEED = Long.getLong("smelt.fuzzSeed", 20261123);
    private static final int AT_ONCE = 16;
    private static final String FIELDS = ", \"seed\": 5, \"max_tokens\": 60, \"logprobs\": true";
    private static final String WHOLE = Chats.body("null", "Say something", FIELDS);
    private static final String STREAM = Chats.body(
            "null", "Say something", FIELDS + ", \"stream\": true, \"stream_options\": {\"include_usage\": true}");
    private static final String PATH = "/v1/chat/completions";

    private RunningServer server;
    private Answer expected;

    /** How a client behaves. */
    private enum Manner {
        PIECES,
        IN_A_ROW,
        CHUNKS,
        WITH_LEAVE,
        HALF_CLOSED,
        HTTP_1_0,
        PRIOR_KNOWLEDGE,
        UPGRADE
    }

    @BeforeEach
    void start() throws Exception {
        server = RunningServer.of("null");
        try (Chats chats = new Chats(server.server.uri())) {
            expected = chats.ask(WHOLE);
            assertThat(expected.isWhole()).isTrue();
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private URI uri() {
        return server.server.uri();
    }

    private static String request(String version, String body, String... headers) {
        return "POST " + PATH + " HTTP/" + version + "\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + String.join("", headers) + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String body(Random random) {
        return random.nextBoolean() ? WHOLE : STREAM;
    }

    /** What one of them got; where it may get nothing, nothing. */
    private List<Answer> answers(Manner manner, Random random) throws Exception {
        int longest = 1 + random.nextInt(random.nextBoolean() ? 2 : 500);
        try (WireClient client = new WireClient(uri(), random, random.nextInt(4))) {
            return switch (manner) {
                case PIECES -> {
                    client.send(request("1.1", body(random)), longest);
                    yield List.of(client.reply().answer());
                }
                case IN_A_ROW -> inARow(client, random, longest);
                case CHUNKS -> {
                    client.send(head("Transfer-Encoding: chunked\r\n"), longest);
                    client.send(WireClient.chunked(body(random).getBytes(StandardCharsets.UTF_8), random), longest);
                    yield List.of(client.reply().answer());
                }
                case WITH_LEAVE -> withLeave(client, random, longest);
                case HALF_CLOSED -> halfClosed(client, random, longest);
                case HTTP_1_0 -> {
                    client.send(request("1.0", body(random), "Connection: keep-alive\r\n"), longest);
                    WireClient.Reply reply = client.reply();
                    assertThat(client.readToEnd()).isEmpty();
                    yield List.of(reply.answer());
                }
                case PRIOR_KNOWLEDGE -> {
                    boolean streams = random.nextBoolean();
                    String body = new Http2Wire(client, random).chat(uri(), streams ? STREAM : WHOLE);
                    yield List.of(Answer.of(200, streams, body));
                }
                case UPGRADE -> upgraded(random);
            };
        }
    }

    private static String head(String header) {
        return "POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + header + "\r\n";
    }

    private List<Answer> inARow(WireClient client, Random random, int longest) throws Exception {
        int count = 2 + random.nextInt(4);
        var all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(request("1.1", body(random)));
        }
        client.send(all.toString(), longest);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(client.reply().answer());
        }
        return answers;
    }

    private List<Answer> withLeave(WireClient client, Random random, int longest) throws Exception {
        String body = body(random);
        client.send(head("Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n"), longest);
        assertThat(client.reply().status()).isEqualTo(100);
        client.send(body, longest);
        return List.of(client.reply().answer());
    }

    /** Who ends its output may be taken for gone; the connection then ends at once. */
    private List<Answer> halfClosed(WireClient client, Random random, int longest) throws Exception {
        client.send(request("1.1", body(random)), longest);
        client.endOutput();
        client.readToEnd();
        return List.of();
    }

    private List<Answer> upgraded(Random random) throws Exception {
        List<Answer> answers = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest first = HttpRequest.newBuilder(uri().resolve("/live")).build();
            HttpResponse<String> live = client.send(first, HttpResponse.BodyHandlers.ofString());
            assertThat(live.version()).isEqualTo(HttpClient.Version.HTTP_2);
            for (int i = 0; i < 3; i++) {
                HttpRequest request = HttpRequest.newBuilder(uri().resolve(PATH))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body(random)))
                        .build();
                answers.add(Answer.of(client.send(request, HttpResponse.BodyHandlers.ofString())));
            }
        }
        return answers;
    }

    private void odd(int number) {
        long seed = SEED + number;
        Manner manner = Manner.values()[number % Manner.values().length];
        try {
            assertThat(answers(manner, new Random(seed)))
                    .allSatisfy(answer -> assertThat(answer).isEqualTo(expected));
        } catch (Exception | AssertionError e) {
            throw new AssertionError(manner + ", seed " + seed + ": " + e, e);
        }
    }

    @Test
    void oddClientsGetWhatEverybodyGets() throws Exception {
        var isOver = new AtomicBoolean();
        CompletableFuture<Integer> neighbour = CompletableFuture.supplyAsync(() -> neighbour(isOver));
        try {
            for (int begin = 0; begin < COUNT; begin += AT_ONCE) {
                List<Callable<Boolean>> some = new ArrayList<>();
                for (int i = begin; i < begin + AT_ONCE; i++) {
                    int number = i;
                    some.add(() -> {
                        odd(number);
                        return true;
                    });
                }
                Chats.together(some);
            }
        } finally {
            isOver.set(true);
        }
        System.out.printf("%d odd clients, %d answers to their neighbour%n", COUNT, neighbour.get());
        isEmptySoon();
    }

    private int neighbour(AtomicBoolean isOver) {
        try (Chats chats = new Chats(uri())) {
            int count = 0;
            for (; !isOver.get() || count == 0; count++) {
                assertThat(chats.ask(count % 2 == 0 ? WHOLE : STREAM)).isEqualTo(expected);
            }
            return count;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void isEmptySoon() throws InterruptedException {
        try (ModelHost.Lease lease = server.host.use("null")) {
            for (int i = 0; lease.model().engine().metrics().running() > 0; i++) {
                assertThat(i)
                        .as("hundredths of a second that something is left")
                        .isLessThan(500);
                Thread.sleep(10);
            }
        }
    }

    /** What no library would send, and one that is nearly right. */
    @Test
    void framesThatAreWrongAreRefusedAndEndTheirConnectionOnly() throws Exception {
        String[] bad = {
            head("Transfer-Encoding: chunked\r\n") + "zz\r\nx\r\n0\r\n\r\n",
            head("Transfer-Encoding: chunked\r\n") + "7fffffff\r\nx\r\n0\r\n\r\n",
            head("Transfer-Encoding: chunked\r\n") + "-1\r\nx\r\n0\r\n\r\n",
            head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n",
            head("Content-Length: 5\r\nContent-Length: 6\r\n") + "{\"a\"}",
            head("Content-Length: -1\r\n") + "{}",
            head("Content-Length: 99999999999999999999\r\n") + "{}",
            head("Transfer-Encoding: gzip\r\n") + "{}",
            head("Expect: 200-maybe\r\nContent-Length: 2\r\n") + "{}",
            "GET /live HTTP/3.0\r\nHost: localhost\r\n\r\n",
            "GET /live\r\n\r\n",
            "GET /live HTTP/1.1\r\n\r\n",
            "GET /live HTTP/1.1\nHost: localhost\n\n",
            "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"
        };
        for (String request : bad) {
            try (WireClient client = new WireClient(uri(), new Random(SEED), 0)) {
                client.send(request, 1000);
                client.endOutput();
                assertThat(statuses(client.readToEnd())).as(request).doesNotContainPattern("^5|,5");
            }
        }
        try (Chats chats = new Chats(uri())) {
            assertThat(chats.ask(STREAM)).isEqualTo(expected);
        }
    }

    /** First digits of the statuses of all answers. */
    private static String statuses(String answers) {
        return answers.lines()
                .filter(line -> line.startsWith("HTTP/1.1 "))
                .map(line -> line.substring(9, 12))
                .reduce("", (all, status) -> all + "," + status);
    }
}
