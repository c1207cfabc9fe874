package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guards cli/, server/ and formats/: what {@code smelt serve} cannot begin with, or loses while it runs, is told in a
 * sentence and never in a stack trace.
 */
@Tag("model")
class StartFaultsTest {
    private static final int FILES = Integer.getInteger("smelt.badFiles", 3);
    private static final long SEED = 20261123;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CAPITAL =
            Chats.body(LiveServer.CHAT, "What is the capital of Japan?", ", \"temperature\": 0, \"max_tokens\": 8");

    @TempDir
    private static Path cache;

    private static Path model;

    @TempDir
    private Path folder;

    @BeforeAll
    static void find() {
        model = LiveServer.chatModel();
    }

    /** What it says when it does not start; its exit code is {@code code}. */
    private static String refusal(int code, String... arguments) throws Exception {
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(arguments)) {
            assertThat(process.exitCode(SOON)).as(process.said()).isEqualTo(code);
            assertThat(process.said())
                    .contains("smelt: ")
                    .doesNotContain("\tat ", "Exception", "defect", "smelt: ready");
            return process.said();
        }
    }

    @Test
    void aPortThatAnotherProgramHas() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(refusal(1, "--port", port, model.toString())).contains("127.0.0.1:" + port, "--port");
        }
    }

    @Test
    void aFileOfKeysThatIsNone() throws Exception {
        Path keys = folder.resolve("keys");
        assertThat(refusal(2, "--api-key-file", keys.toString(), model.toString()))
                .contains("is not there", keys.toString());
        Files.writeString(keys, "");
        assertThat(refusal(2, "--api-key-file", keys.toString(), model.toString()))
                .contains(keys.toString());
        Files.writeString(keys, "short\n");
        assertThat(refusal(2, "--api-key-file", keys.toString(), model.toString()))
                .contains(keys.toString())
                .doesNotContain("short\n");
        Files.write(keys, new byte[] {(byte) 0xC3, 0x28, 0, 1, 2});
        assertThat(refusal(2, "--api-key-file", keys.toString(), model.toString()))
                .contains(keys.toString());
        assertThat(refusal(2, "--api-key-file", folder.toString(), model.toString()))
                .contains(folder.toString());
    }

    @Test
    void aModelThatIsNone() throws Exception {
        Path file = folder.resolve("model.gguf");
        assertThat(refusal(1, file.toString())).contains("model.gguf");
        Files.write(file, new byte[0]);
        assertThat(refusal(1, file.toString())).contains("model.gguf");
        byte[] noise = new byte[100_000];
        new Random(SEED).nextBytes(noise);
        Files.write(file, noise);
        assertThat(refusal(1, file.toString())).contains("model.gguf");
        assertThat(refusal(1, folder.toString())).contains(folder.toString());
    }

    @Test
    void aModelThatIsDamaged() throws Exception {
        byte[] whole = Files.readAllBytes(model);
        Path file = folder.resolve("model.gguf");
        for (int i = 0; i < FILES; i++) {
            var random = new Random(SEED + i);
            byte[] bytes = Arrays.copyOf(whole, random.nextInt(i % 3 == 0 ? whole.length : 2_000_000));
            if (i % 3 == 1 && bytes.length > 100) { // in the header, which says where all else is
                bytes[random.nextInt(100)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            assertThat(refusal(1, file.toString())).as("seed %d", SEED + i).contains("model.gguf");
        }
    }

    private static HttpResponse<String> ask(URI server) throws Exception {
        try (Chats chats = new Chats(server)) {
            return chats.send(CAPITAL);
        }
    }

    private Path copy() throws IOException {
        return Files.copy(model, folder.resolve("copy.gguf"));
    }

    @Test
    void aModelFileThatIsRemovedGoesOn() throws Exception {
        Path file = copy();
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(LiveServer.CHAT + "=" + file)) {
            Answer before = Answer.of(ask(process.ready()));
            assertThat(before.isWhole()).isTrue();
            Files.delete(file);
            assertThat(Answer.of(ask(process.uri()))).isEqualTo(before);
        }
    }

    @Test
    void aModelFileThatIsCutShortFailsRequestsAndNotTheServer() throws Exception {
        Path file = copy();
        try (SmeltProcess process = SmeltProcess.Start.in(cache).serve(LiveServer.CHAT + "=" + file)) {
            assertThat(ask(process.ready()).statusCode()).isEqualTo(200);
            try (var open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength(4096);
            }
            HttpResponse<String> answer = ask(process.uri());
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("\"error\"").doesNotContain("Exception");
            try (Chats chats = new Chats(process.uri())) {
                assertThat(chats.get("/live").statusCode()).isEqualTo(200);
            }
            assertThat(process.signal("TERM").exitCode(SOON)).as(process.said()).isEqualTo(143);
        }
    }

    @Test
    void aModelThatIsGoneWhenItIsNeededAgain() throws Exception {
        Path file = copy();
        SmeltProcess.Start start = SmeltProcess.Start.in(cache);
        try (SmeltProcess process = start.serve(LiveServer.CHAT + "=" + file, "--keep-alive", "200ms");
                Chats chats = new Chats(process.ready())) {
            Answer before = Answer.of(ask(process.uri()));
            assertThat(before.isWhole()).isTrue();
            Path moved = Files.move(file, folder.resolve("elsewhere.gguf"));
            while (!chats.get("/api/ps").body().contains("\"models\":[]")) {
                Thread.sleep(20);
            }
            HttpResponse<String> answer = ask(process.uri());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 599);
            assertThat(answer.body()).contains("copy.gguf").doesNotContain("Exception");
            Files.move(moved, file);
            assertThat(Answer.of(ask(process.uri()))).isEqualTo(before);
        }
    }
}
