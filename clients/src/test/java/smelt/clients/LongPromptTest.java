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
 * them is printed, and measured without HTTP by {@code MixtureMeasurement}: on a shared machine no test can hold it to
 * a figure.
 */
@Tag("model")
class LongPromptTest {
    private static final int CHATS = 4;
    private static final int TOKENS = 480;
    private static final int QUIET = 100;
    /** Milliseconds; a prompt that is read in one piece takes some 7,000. */
    private static final double STALLED = 500;

    /** Milliseconds between the pieces of one answer, before the long prompt came and while it was read. */
    private record Gaps(List<Double> before, List<Double> during) {}

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
        var gaps = new Gaps(new ArrayList<>(), new ArrayList<>());
        InputStream answer =
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
        try (var lines = new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8))) {
            long last = 0;
            int pieces = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long now = System.nanoTime();
                if (line.startsWith("data: {")) {
                    if (pieces > 5 && now < answered) {
                        (now < came ? gaps.before : gaps.during).add((now - last) / 1e6);
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

    /** What this share of the values does not exceed. */
    private static double share(List<Double> values, double share) {
        Collections.sort(values);
        return values.get((int) Math.ceil(share * values.size()) - 1);
    }

    @Test
    void chatsGoOnBesideALongPrompt() throws Exception {
        List<Double> before = new ArrayList<>();
        List<Double> during = new ArrayList<>();
        try (LiveServer server = LiveServer.of(Settings.DEFAULT, 8192);
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                Chats asker = new Chats(server.uri())) {
            List<Future<Gaps>> all = new ArrayList<>();
            for (int i = 0; i < CHATS; i++) {
                int number = i;
                all.add(threads.submit(() -> chat(client, server.uri(), number)));
            }
            assertThat(quiet.await(60, TimeUnit.SECONDS)).isTrue();
            came = System.nanoTime();
            String prompt = "word ".repeat(6000);
            Answer answer = asker.ask(Chats.body(LiveServer.CHAT, prompt, ", \"max_tokens\": 1"));
            answered = System.nanoTime();
            assertThat(answer.isWhole()).as("%s", answer).isTrue();
            for (Future<Gaps> one : all) {
                before.addAll(one.get().before());
                during.addAll(one.get().during());
            }
        }
        System.out.printf(
                "between tokens of %d chats: median %.1f and p99 %.1f ms; beside a prompt of 6,000 tokens (%.1f s)"
                        + " %.1f and %.1f ms; %d and %d pieces%n",
                CHATS,
                share(before, 0.5),
                share(before, 0.99),
                (answered - came) / 1e9,
                share(during, 0.5),
                share(during, 0.99),
                before.size(),
                during.size());
        assertThat(during.size()).as("pieces while the prompt was read").isGreaterThan(100);
        assertThat(share(during, 0.99)).as("milliseconds").isLessThan(STALLED);
    }
}
