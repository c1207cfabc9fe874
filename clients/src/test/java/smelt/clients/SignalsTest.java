package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards cli/ and server/: how {@code smelt serve} ends when it is asked to, once and twice. */
@Tag("model")
class SignalsTest {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final int STREAMS = 4;

    @TempDir
    private static Path cache;

    private static String served;

    @BeforeAll
    static void find() {
        served = LiveServer.served();
    }

    private static String body(int number, int tokens) {
        return Chats.body(
                LiveServer.CHAT,
                "Tell a story about the number " + number,
                ", \"stream\": true, \"stream_options\": {\"include_usage\": true}, \"ignore_eos\": true,"
                        + " \"temperature\": 0, \"max_tokens\": " + tokens);
    }

    /** Some streams, which have all begun when this returns. */
    private static List<CompletableFuture<String>> streams(SmeltProcess process, int tokens) throws Exception {
        List<CompletableFuture<String>> all = new ArrayList<>();
        List<Callable<RawChat>> begun = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            String body = body(i, tokens);
            var uri = process.ready();
            begun.add(() -> {
                RawChat chat = new RawChat(uri);
                chat.send(body);
                chat.read(400);
                return chat;
            });
        }
        for (RawChat chat : Chats.together(begun)) {
            var rest = new CompletableFuture<String>();
            all.add(rest);
            Thread.ofVirtual().start(() -> {
                try (chat) {
                    rest.complete(chat.readToEnd());
                } catch (Exception e) {
                    rest.completeExceptionally(e);
                }
            });
        }
        return all;
    }

    private static void isQuiet(SmeltProcess process) {
        assertThat(process.said()).doesNotContain("\tat ", "Exception", "SIGSEGV", "defect");
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void answersThatAreUnderWayComeToTheirEnd(String signal, int code) throws Exception {
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(served)) {
            List<CompletableFuture<String>> streams = streams(process, 150);
            process.signal(signal);
            for (CompletableFuture<String> stream : streams) {
                assertThat(stream.get()).contains("\"completion_tokens\":150", "data: [DONE]");
            }
            assertThat(process.exitCode(SOON)).as(process.said()).isEqualTo(code);
            isQuiet(process);
        }
    }

    @Test
    void answersThatTakeTooLongEndWithAnError() throws Exception {
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(served, "--drain", "500ms")) {
            List<CompletableFuture<String>> streams = streams(process, 4000);
            long began = System.nanoTime();
            process.signal("TERM");
            for (CompletableFuture<String> stream : streams) {
                assertThat(stream.get()).contains("event: error", "shut down").doesNotContain("[DONE]");
            }
            assertThat(process.exitCode(SOON)).as(process.said()).isEqualTo(143);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(450), SOON);
            assertThat(process.said()).contains("smelt: requests were ended after");
            isQuiet(process);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, INT, 130", "TERM, INT, 130", "TERM, TERM, 143"})
    void whoAsksTwiceDoesNotWait(String first, String second, int code) throws Exception {
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(served)) {
            List<CompletableFuture<String>> streams = streams(process, 4000);
            process.signal(first);
            process.line("smelt: waiting");
            long began = System.nanoTime();
            process.signal(second);
            assertThat(process.exitCode(SOON)).as(process.said()).isEqualTo(code);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
            isQuiet(process);
            for (CompletableFuture<String> stream : streams) {
                assertThat(endOf(stream)).doesNotContain("[DONE]");
            }
        }
    }

    private static String endOf(CompletableFuture<String> stream) throws InterruptedException {
        try {
            return stream.get();
        } catch (ExecutionException e) {
            return "cut: " + e.getCause(); // a reset: bytes of the answer were still on their way
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void aServerThatStillLoadsEndsAtOnce(String signal, int code) throws Exception {
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(served)) {
            process.uri();
            process.signal(signal);
            assertThat(process.exitCode(SOON)).as(process.said()).isEqualTo(code);
            isQuiet(process);
        }
    }
}
