package smelt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Guards the store: one file over a bad network. */
final class DownloadTest {
    private static final int SIZE = 1_000_000;

    @TempDir
    Path folder;

    private final byte[] bytes = StoreFixture.gguf(SIZE);
    private final FileServer server = new FileServer().serve("/m.gguf", bytes);
    private final List<String> notes = new ArrayList<>();
    private Settings settings = StoreFixture.settings();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void downloadsAndLeavesNothingElse() throws Exception {
        StoredFile file = download();

        assertThat(file).isEqualTo(new StoredFile("m.gguf", SIZE, StoreFixture.sha256(bytes)));
        assertThat(Files.readAllBytes(folder.resolve("m.gguf"))).isEqualTo(bytes);
        assertThat(left()).containsExactly("m.gguf");
    }

    @Test
    void goesOnWhereTheConnectionWasCut() throws Exception {
        server.next(server.cutAfter(300_000), server.cutAfter(200_000));

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(server.requests).hasSize(3);
        assertThat(server.requests.get(1).range()).isNotEmpty();
        assertThat(server.requests.get(1).headers().getFirst("If-Range")).isEqualTo("\"v1\"");
        assertThat(server.requests.get(2).range())
                .isNotEqualTo(server.requests.get(1).range());
    }

    @Test
    void aLaterPullGoesOnToo() throws Exception {
        server.next(server.cutAfter(400_000), FileServer.status(404));
        assertThatThrownBy(this::download).isInstanceOf(Failure.class);
        assertThat(left()).containsExactlyInAnyOrder("m.gguf.part", "m.gguf.part.json");

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(server.requests.getLast().range()).startsWith("bytes=").isNotEqualTo("bytes=0-");
    }

    @Test
    void startsAgainWhereTheServerKnowsNoRanges() throws Exception {
        server.ranges = false;
        server.next(server.cutAfter(300_000));

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(bytes));
    }

    @Test
    void startsAgainWhereTheFileChanged() throws Exception {
        server.next(server.cutAfter(300_000), FileServer.status(404));
        assertThatThrownBy(this::download).isInstanceOf(Failure.class);
        byte[] other = bytes.clone();
        other[100] ^= 1;
        server.serve("/m.gguf", other);
        server.etag = "\"v2\"";

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(other));
    }

    @Test
    void startsAgainWhereNothingProvesThatThePiecesBelongTogether() throws Exception {
        server.etag = "";
        server.next(server.cutAfter(300_000));

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(server.requests.get(1).range()).isEmpty();
    }

    @Test
    void aSpoiledPartIsFetchedAgainInOnePiece() throws Exception {
        server.next(server.cutAfter(300_000), FileServer.status(404));
        Optional<String> sha = Optional.of(StoreFixture.sha256(bytes));
        assertThatThrownBy(() -> download(sha, OptionalLong.of(SIZE))).isInstanceOf(Failure.class);
        Path part = folder.resolve("m.gguf.part");
        byte[] spoiled = Files.readAllBytes(part);
        spoiled[7] ^= 1;
        Files.write(part, spoiled);

        assertThat(download(sha, OptionalLong.of(SIZE)).sha256()).isEqualTo(sha.get());
    }

    @Test
    void aWrongDigestIsCorruptAndNothingIsKept() throws Exception {
        String promised = StoreFixture.sha256(new byte[] {1});

        assertThatThrownBy(() -> download(Optional.of(promised), OptionalLong.empty()))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.CORRUPT));
        assertThat(left()).isEmpty();
    }

    @Test
    void theDigestThatARedirectingHubNamesCounts() throws Exception {
        server.next(FileServer.redirect(
                server.uri("/m.gguf"), "X-Linked-Etag", "\"" + StoreFixture.sha256(new byte[] {2}) + "\""));

        assertThatThrownBy(this::download).hasMessageContaining("was promised");
    }

    @Test
    void aWrongLengthIsCorrupt() {
        assertThatThrownBy(() -> download(Optional.empty(), OptionalLong.of(SIZE + 1)))
                .isInstanceOfSatisfying(Failure.class, f -> {
                    assertThat(f.code()).isEqualTo(FailureCode.CORRUPT);
                    assertThat(f.what()).contains("1000000", "1000001");
                });
    }

    @Test
    void passingTroubleIsWaitedOut() throws Exception {
        server.next(
                FileServer.status(503),
                FileServer.status(429, "Retry-After", "1"),
                FileServer.status(500),
                FileServer.status(502));
        Instant start = Instant.now();

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(notes).singleElement().asString().contains("answer 429", "again in 1 s");
    }

    @Test
    void aServerThatAsksForAnHourIsTakenAtItsWord() {
        server.next(FileServer.status(429, "Retry-After", "3600"));

        assertThatThrownBy(this::download).isInstanceOf(Failure.class).hasMessageContaining("wait 3600 seconds");
    }

    @Test
    void lastingTroubleIsUnavailable() {
        for (int i = 0; i < 6; i++) {
            server.next(FileServer.status(503));
        }

        assertThatThrownBy(this::download)
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.UNAVAILABLE))
                .hasMessageContaining("6 times");
    }

    @Test
    void refusalsAreToldAsWhatTheyMean() {
        for (int status : new int[] {401, 403, 404, 410, 418}) {
            server.next(FileServer.status(status));
            FailureCode expected = status == 404 || status == 410 ? FailureCode.NOT_FOUND : FailureCode.UNAVAILABLE;
            assertThatThrownBy(this::download)
                    .isInstanceOfSatisfying(
                            Failure.class, f -> assertThat(f.code()).isEqualTo(expected));
        }
        assertThat(server.requests).hasSize(5);
    }

    @Test
    void silenceCountsAsACut() throws Exception {
        settings = settings.withTimes(Duration.ofMillis(5), Duration.ofMillis(300));
        server.next(exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"v1\"");
            exchange.sendResponseHeaders(200, SIZE);
            exchange.getResponseBody().write(bytes, 0, 100_000);
            exchange.getResponseBody().flush();
            FileServer.pause(2000);
        });

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(server.requests.get(1).range()).isEqualTo("bytes=100000-");
    }

    @Test
    void redirectsInCirclesEnd() {
        for (int i = 0; i < 12; i++) {
            server.next(FileServer.redirect(server.uri("/m.gguf")));
        }

        assertThatThrownBy(this::download).hasMessageContaining("redirects more than 10 times");
    }

    @Test
    void redirectsNeverLeaveEncryption() {
        server.next(FileServer.redirect(URI.create("http://example.org/m.gguf")));

        assertThatThrownBy(this::download).isInstanceOf(Failure.class).hasMessageContaining("not encrypted");
    }

    @Test
    void theHubsTokenGoesToTheHubOnly() throws Exception {
        try (FileServer cdn = new FileServer().serve("/m.gguf", bytes)) {
            settings = settings.withHub(server.uri(""), Optional.of("secret"));
            server.next(FileServer.redirect(cdn.uri("/m.gguf")));

            download();

            assertThat(server.requests.getFirst().headers().getFirst("Authorization"))
                    .isEqualTo("Bearer secret");
            assertThat(cdn.requests.getFirst().headers().getFirst("Authorization"))
                    .isNull();
        }
    }

    @Test
    void anInterruptLeavesAPartToGoOnFrom() throws Exception {
        server.pauseMillis = 100;
        Thread pull = new Thread(() -> assertThatThrownBy(this::download).isInstanceOf(InterruptedException.class));
        pull.start();
        while (!Files.exists(folder.resolve("m.gguf.part"))) {
            FileServer.pause(10);
        }
        FileServer.pause(250);
        pull.interrupt();
        pull.join(5000);
        assertThat(pull.isAlive()).isFalse();
        assertThat(folder.resolve("m.gguf")).doesNotExist();
        server.pauseMillis = 0;

        assertThat(download().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(server.requests.getLast().range()).isNotEmpty();
    }

    private StoredFile download() throws IOException, InterruptedException {
        return download(Optional.empty(), OptionalLong.empty());
    }

    private StoredFile download(Optional<String> sha256, OptionalLong length) throws IOException, InterruptedException {
        RemoteFile file = new RemoteFile(server.uri("/m.gguf"), "m.gguf", length, sha256);
        return new Download(new Transport(settings), settings, file, folder, noting(), at -> {}).run();
    }

    private Progress noting() {
        return new Progress() {
            @Override
            public void start(String what, long done, OptionalLong total) {}

            @Override
            public void at(long done) {}

            @Override
            public void finish() {}

            @Override
            public void note(String line) {
                notes.add(line);
            }
        };
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
