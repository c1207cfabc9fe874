package smelt.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards the store: several processes, some of them killed. */
final class ProcessesTest {
    @TempDir
    Path root;

    private final byte[] bytes = StoreFixture.gguf(4_000_000);
    private final FileServer server = new FileServer().serve("/m.gguf", bytes);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aKilledPullLeavesNothingFinishedAndTheNextGoesOn() throws Exception {
        server.pauseMillis = 40;
        Process killed = pull();
        Path partial = root.resolve(".partial");
        while (Parts.bytesBelow(partial) < 500_000 && killed.isAlive()) {
            FileServer.pause(20);
        }
        killed.destroyForcibly().waitFor();

        ModelStore store = StoreFixture.store(root, StoreFixture.settings());
        assertThat(store.list()).isEmpty();
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(f -> f.toString().endsWith(".gguf"))).isEmpty();
        }
        server.pauseMillis = 0;
        StoredModel model = store.resolve(server.uri("/m.gguf").toString(), Progress.NONE);
        assertThat(model.files().getFirst().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(server.requests.getLast().range()).matches("bytes=[1-9]\\d{5,}-");
    }

    @Test
    void twoProcessesThatPullTheSameModelFetchItOnce() throws Exception {
        server.pauseMillis = 20;
        List<Process> pulls = List.of(pull(), pull());
        for (Process process : pulls) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("4000000");
        }
        assertThat(server.requests).hasSize(2); // one look at the head, one download
    }

    private Process pull() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PullProcess.class.getName(),
                        root.toString(),
                        server.uri("/m.gguf").toString())
                .redirectErrorStream(true)
                .start();
    }

    /** A process of its own that pulls one model and prints its length. */
    static final class PullProcess {
        private PullProcess() {}

        public static void main(String[] args) {
            ModelStore store = StoreFixture.store(Path.of(args[0]), StoreFixture.settings());
            System.out.println(store.resolve(args[1], Progress.NONE).bytes());
        }
    }
}
