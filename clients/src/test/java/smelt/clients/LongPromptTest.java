package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import smelt.engine.Settings;

/**
 * Guards server/ and engine/: a prompt of 6,000 tokens does not stop those who are being answered. How much it slows
 * them, and they it, is printed, and measured without HTTP by {@code MixtureMeasurement}: on a shared machine no test
 * can hold it to a figure. {@code ./verify long-prompt} has 8,000 tokens and 8 chats.
 */
@Tag("model")
class LongPromptTest {
    private static final int CHATS = Integer.getInteger("smelt.longPromptChats", 4);
    private static final int PROMPT = Integer.getInteger("smelt.longPrompt", 6000);
    /** Enough that no chat ends before the prompt is read. */
    private static final int TOKENS = 480 + Math.max(0, PROMPT - 6000) / 2;
    /** Positions of all together; usually enough that nobody gives way. */
    private static final int CONTEXT =
            Integer.getInteger("smelt.longPromptContext", PROMPT + CHATS * (TOKENS + 40) + 100);

    private static final int QUIET = 100;
    /** Milliseconds; a prompt that is read in one piece takes some 7,000. */
    private static final double STALLED = 500;

    /** Milliseconds between pieces of answers before the long prompt came, while it was read, and afterwards. */
    private record Gaps(List<Double> before, List<Double> during, List<Double> after) {
        Gaps() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void addAll(Gaps other) {
            before.addAll(other.before);
            during.addAll(other.during);
            after.addAll(other.after);
        }
    }

    private final CountDownLatch quiet = new CountDownLatch(CHATS);
    private volatile long came = Long.MAX_VALUE;
    private volatile long answered = Long.MAX_VALUE;

    private Gaps chat(HttpClient client, URI server, int number) throws IOException, InterruptedException {
        String body = Chats.body(
                LiveServer.CHAT,
                "Tell a story about the number " + number,
                ", \"temperature\": 1, \"seed\": " + number
                        + ", \"ignore_eos\": true, \"stream\": true, \"max_tokens\": " + TOKENS);
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var gaps = new Gaps();
        InputStream answer =
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
        try (var lines = new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8))) {
            long last = 0;
            int pieces = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long now = System.nanoTime();
                if (line.startsWith("data: {")) {
                    if (pieces > 5) {
                        (now < came ? gaps.before : now < answered ? gaps.during : gaps.after).add((now - last) / 1e6);
                    }
                    last = now;
                    if (++pieces == QUIET) {
                        quiet.countDown();
                    }
                }
            }
        }
        return gaps;
    }

    /** Each begins with another word, so that none is known. */
    private static double secondsOfPrompt(Chats asker, String first) throws Exception {
        long began = System.nanoTime();
        Answer answer = asker.ask(Chats.body(LiveServer.CHAT, first + " word".repeat(PROMPT), ", \"max_tokens\": 1"));
        assertThat(answer.isWhole()).as("%s", answer).isTrue();
        return (System.nanoTime() - began) / 1e9;
    }

    /** What this share of the values does not exceed. */
    private static double share(List<Double> values, double share) {
        Collections.sort(values);
        return values.get((int) Math.ceil(share * values.size()) - 1);
    }

    private static String spread(List<Double> gaps) {
        return gaps.isEmpty()
                ? "none"
                : String.format("%.1f (p99 %.1f, %d)", share(gaps, 0.5), share(gaps, 0.99), gaps.size());
    }

    @Test
    void chatsGoOnBesideALongPrompt() throws Exception {
        var gaps = new Gaps();
        double alone;
        double among;
        try (LiveServer server = LiveServer.of(Settings.DEFAULT, CONTEXT);
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                Chats asker = new Chats(server.uri())) {
            alone = secondsOfPrompt(asker, "One");
            List<Future<Gaps>> all = new ArrayList<>();
            for (int i = 0; i < CHATS; i++) {
                int number = i;
                all.add(threads.submit(() -> chat(client, server.uri(), number)));
            }
            assertThat(quiet.await(60, TimeUnit.SECONDS)).isTrue();
            came = System.nanoTime();
            among = secondsOfPrompt(asker, "Two");
            answered = System.nanoTime();
            for (Future<Gaps> one : all) {
                gaps.addAll(one.get());
            }
        }
        // chats are longer afterwards, and slower: what they are to be compared with lies between
        System.out.printf(
                "%d chats, milliseconds between tokens: before %s, beside a prompt of %d tokens %s, afterwards %s; the"
                        + " prompt: %.2f s alone, %.2f s among them (x %.2f)%n",
                CHATS,
                spread(gaps.before),
                PROMPT,
                spread(gaps.during),
                spread(gaps.after),
                alone,
                among,
                among / alone);
        assertThat(gaps.during.size()).as("pieces while the prompt was read").isGreaterThan(100);
        assertThat(share(gaps.during, 0.99)).as("milliseconds").isLessThan(STALLED);
    }
}
