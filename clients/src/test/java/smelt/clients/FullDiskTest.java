package smelt.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards targets/, store/, engine/ and server/: a disk that is full, and standard error that nobody reads. */
@Tag("model")
class FullDiskTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String QUESTION = "What is the capital of Japan?";
    private static final String CAPITAL =
            Chats.body(LiveServer.CHAT, QUESTION, ", \"temperature\": 0, \"max_tokens\": 8, \"logprobs\": true");

    /** The cache of a process that has all it wants. */
    @TempDir
    private static Path good;

    private static Path model;
    private static Answer expected;

    @TempDir
    private Path folder;

    @BeforeAll
    static void answerWithRoom() throws Exception {
        model = LiveServer.chatModel();
        try (SmeltProcess process = SmeltProcess.Start.in(good).serve(LiveServer.served())) {
            expected = Chats.ask(process.ready(), CAPITAL);
            assertThat(expected.isWhole()).isTrue();
        }
    }

    /** Takes LLVM of the cache that has room: it is larger than the disks here. */
    private SmeltProcess.Start start(int kibibytes) throws Exception {
        return SmeltProcess.Start.in(folder)
                .withDisk(kibibytes)
                .after("ln -s '" + good.resolve("llvm") + "' \"$SMELT_CACHE/llvm\"");
    }

    @Test
    void kernelsThatCannotBeKeptAreCompiledAllTheSame() throws Exception {
        for (int kibibytes : new int[] {16, 100}) {
            try (SmeltProcess process = start(kibibytes).serve(LiveServer.served())) {
                assertThat(Chats.ask(process.ready(), CAPITAL)).isEqualTo(expected);
                assertThat(Chats.ask(process.uri(), CAPITAL)).isEqualTo(expected);
                assertThat(process.signal("TERM").exitCode(SOON)).isEqualTo(143);
                assertThat(process.said()).doesNotContain("\tat ", "Exception");
            }
        }
    }

    @Test
    void aCacheThatIsNoFolderIsToldOrDoneWithout() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        try (SmeltProcess process = SmeltProcess.Start.in(file).serve(LiveServer.served())) {
            assertThat(process.exitCode(SOON)).isEqualTo(1);
            assertThat(process.said())
                    .contains("libLLVM", "SMELT_CACHE", file.toString())
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void llvmThatCannotBeUnpackedIsTold() throws Exception {
        try (SmeltProcess process =
                SmeltProcess.Start.in(folder).withDisk(20_000).serve(LiveServer.served())) {
            assertThat(process.exitCode(SOON)).isEqualTo(1);
            assertThat(process.said())
                    .contains("libLLVM", "could not be unpacked", "make room there")
                    .doesNotContain("\tat ");
        }
    }

    /** On the disk that is too small, and on one where the limit is met half way. */
    @Test
    void aDownloadThatDoesNotFitIsToldAndTheServerGoesOn() throws Exception {
        String pull = "{\"model\": \"hf.co/" + HubServer.REPOSITORY + "\"}";
        Files.createSymbolicLink(folder.resolve("llvm"), good.resolve("llvm"));
        try (HubServer hub = new HubServer(model)) {
            SmeltProcess.Start limited = SmeltProcess.Start.in(folder)
                    .after("ulimit -f 40000") // blocks of 512 or 1,024 bytes
                    .with("HF_ENDPOINT", hub.address());
            try (SmeltProcess process = limited.serve(LiveServer.served());
                    Chats chats = new Chats(process.ready())) {
                String told = chats.post("/api/pull", pull.getBytes(StandardCharsets.UTF_8))
                        .body();
                assertThat(told).contains("\"error\"", "disk").doesNotContain("success", "Exception");
                assertThat(chats.ask(CAPITAL)).isEqualTo(expected);
                assertThat(process.said()).doesNotContain("\tat ");
            }
            long sent = hub.sent();
            SmeltProcess.Start roomy = SmeltProcess.Start.in(folder).with("HF_ENDPOINT", hub.address());
            try (SmeltProcess process = roomy.serve(LiveServer.served());
                    Chats chats = new Chats(process.ready())) {
                assertThat(chats.post("/api/pull", pull.getBytes(StandardCharsets.UTF_8))
                                .body())
                        .contains("\"success\"");
                assertThat(hub.sent() - sent)
                        .as("what was there is not sent again")
                        .isLessThan(Files.size(model));
            }
        }
    }

    @Test
    void aDownloadThatCannotFitIsNotBegun() throws Exception {
        String pull = "{\"model\": \"hf.co/" + HubServer.REPOSITORY + "\", \"stream\": false}";
        try (HubServer hub = new HubServer(model);
                SmeltProcess process =
                        start(50_000).with("HF_ENDPOINT", hub.address()).serve(LiveServer.served());
                Chats chats = new Chats(process.ready())) {
            var response = chats.post("/api/pull", pull.getBytes(StandardCharsets.UTF_8));
            assertThat(response.statusCode()).as(response.body()).isGreaterThanOrEqualTo(500);
            assertThat(response.body()).contains("are free").doesNotContain("Exception");
            assertThat(chats.ask(CAPITAL)).isEqualTo(expected);
        }
    }

    @Test
    void aSnapshotThatCannotBeKeptLeavesTheAnswerAndNoPart() throws Exception {
        Path snapshot = folder.resolve("texts.cache");
        String[] run = {
            "run",
            model.toString(),
            QUESTION,
            "--prefix-cache",
            snapshot.toString(),
            "--temperature",
            "0",
            "--max-tokens",
            "8"
        };
        try (SmeltProcess process =
                SmeltProcess.Start.in(good).after("ulimit -f 100").run(run)) {
            assertThat(process.output()).contains("Tokyo");
            assertThat(process.exitCode(SOON)).as(process.said()).isEqualTo(1);
            assertThat(process.said()).contains("prefix cache cannot be saved", snapshot.toString());
            assertThat(process.said()).doesNotContain("\tat ");
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Answer askWhenReady(SmeltProcess process, int port) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port);
        try (Chats chats = new Chats(uri)) {
            while (process.isAlive()) {
                try {
                    if (chats.get("/ready").statusCode() == 200) {
                        break;
                    }
                } catch (IOException e) {
                    // it does not listen yet
                }
                Thread.sleep(20);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(chats.get("/live").statusCode()).isEqualTo(200);
            }
            return chats.ask(CAPITAL);
        }
    }

    @Test
    void logsThatNobodyTakesHoldNobody() throws Exception {
        for (String line : new String[] {"exec 2>/dev/full", "exec 2>&-"}) {
            int port = freePort();
            SmeltProcess.Start start = SmeltProcess.Start.in(good).after(line);
            try (SmeltProcess process = start.serve(LiveServer.served(), "--port", Integer.toString(port))) {
                assertThat(askWhenReady(process, port)).isEqualTo(expected);
                assertThat(process.signal("TERM").exitCode(SOON)).isEqualTo(143);
            }
        }
    }

    @Test
    void aReaderOfLogsThatGoesAwayHoldsNobody() throws Exception {
        try (SmeltProcess process = SmeltProcess.Start.in(good).serve(LiveServer.served())) {
            URI uri = process.ready();
            process.closeStandardError();
            for (int i = 0; i < 3; i++) {
                assertThat(Chats.ask(uri, CAPITAL)).isEqualTo(expected);
            }
            assertThat(process.signal("TERM").exitCode(SOON)).isEqualTo(143);
        }
    }
}
