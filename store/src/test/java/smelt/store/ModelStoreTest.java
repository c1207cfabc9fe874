package smelt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Guards the store: names, sources, what lies on the disk. */
final class ModelStoreTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path root;

    private final byte[] bytes = StoreFixture.gguf(3_000_000);
    private final FileServer server = new FileServer();
    private Settings settings = StoreFixture.settings();
    private ModelStore store = StoreFixture.store(Path.of("unset"), settings);

    @BeforeEach
    void open() {
        settings = settings.withHub(server.uri(""), Optional.empty());
        store = StoreFixture.store(root, settings);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pullsFromAnAddressOnce() throws IOException {
        server.serve("/a/m.gguf", bytes);
        String name = server.uri("/a/m.gguf").toString();

        StoredModel model = store.resolve(name, Progress.NONE);
        int asked = server.requests.size();

        assertThat(Files.readAllBytes(model.path())).isEqualTo(bytes);
        assertThat(model.files().getFirst().sha256()).isEqualTo(StoreFixture.sha256(bytes));
        assertThat(store.resolve(name, Progress.NONE)).isEqualTo(model);
        assertThat(store.list()).containsExactly(model);
        assertThat(server.requests).hasSize(asked);
    }

    @Test
    void aPageIsNoModel() {
        server.serve("/m.gguf", "<html>please log in</html>".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> store.resolve(server.uri("/m.gguf").toString(), Progress.NONE))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.MALFORMED));
        assertThat(store.list()).isEmpty();
    }

    @Test
    void aHeaderThatCannotBeReadStopsTheDownloadBeforeItBegins() {
        byte[] old = bytes.clone();
        old[4] = 1; // GGUF version 1
        server.serve("/m.gguf", old);

        assertThatThrownBy(() -> store.resolve(server.uri("/m.gguf").toString(), Progress.NONE))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.UNSUPPORTED));
        assertThat(server.requests).hasSize(1);
        assertThat(Parts.bytesBelow(root.resolve(".partial"))).isZero();
    }

    @Test
    void pullsOneFileOfTheHubByBlockType() throws IOException {
        hub("m-Q8_0.gguf", "m-Q4_K_M.gguf", "mmproj-q4_k_m.gguf");

        StoredModel model = store.pull("hf:owner/repo:q8_0", Progress.NONE);

        assertThat(model.path().getFileName()).hasToString("m-Q8_0.gguf");
        assertThat(model.source()).isEqualTo("hf:owner/repo:q8_0@" + COMMIT);
        assertThat(model.licence()).contains("apache-2.0");
        assertThat(store.pull("hf:owner/repo", Progress.NONE).path().getFileName())
                .hasToString("m-Q4_K_M.gguf");
    }

    @Test
    void pullsAllPartsOfASplitModel() throws IOException {
        hub("q/m-Q4_K_M-00002-of-00002.gguf", "q/m-Q4_K_M-00001-of-00002.gguf", "q/n-00001-of-00002.gguf");

        StoredModel model = store.pull("hf:owner/repo", Progress.NONE);

        assertThat(model.path().getFileName()).hasToString("m-Q4_K_M-00001-of-00002.gguf");
        assertThat(model.files()).hasSize(2);
        assertThat(model.bytes()).isEqualTo(2L * bytes.length);
    }

    @Test
    void pullsASafetensorsFolderWithoutItsSecondCopy() throws IOException {
        hub(
                "config.json",
                "tokenizer.json",
                "model.safetensors",
                "consolidated.safetensors",
                "README.md",
                "x/config.json");

        StoredModel model = store.pull("hf:owner/repo", Progress.NONE);

        assertThat(model.path()).isEqualTo(root.resolve(Wanted.folderOf("hf:owner/repo")));
        assertThat(model.files())
                .extracting(StoredFile::name)
                .containsExactly("config.json", "tokenizer.json", "model.safetensors");
    }

    @Test
    void aFileThatTheRepositoryLacksIsToldWithThoseItHas() throws IOException {
        hub("m-Q8_0.gguf", "m-Q4_K_M.gguf");

        assertThatThrownBy(() -> store.pull("hf:owner/repo:m-Q9_0.gguf", Progress.NONE))
                .isInstanceOfSatisfying(Failure.class, f -> {
                    assertThat(f.code()).isEqualTo(FailureCode.NOT_FOUND);
                    assertThat(f.nextStep()).contains("m-Q8_0.gguf");
                });
    }

    @Test
    void namesOfTheHubNeverLeaveTheFolder() throws IOException {
        hub("../../evil.gguf", "/etc/evil.gguf", "a\\..\\evil.gguf");

        assertThatThrownBy(() -> store.pull("hf:owner/repo", Progress.NONE)).hasMessageContaining("no model");
    }

    @Test
    void aChangedFileIsNoticedByPullAndFetchedAgain() throws IOException {
        hub("m.gguf");
        StoredModel model = store.pull("hf:owner/repo", Progress.NONE);
        byte[] damaged = bytes.clone();
        damaged[1234] ^= 1;
        Files.write(model.path(), damaged);

        StoredModel again = store.pull("hf:owner/repo", Progress.NONE);

        assertThat(Files.readAllBytes(again.path())).isEqualTo(bytes);
    }

    @Test
    void aShortenedFileIsNoModel() throws IOException {
        hub("m.gguf");
        StoredModel model = store.pull("hf:owner/repo", Progress.NONE);
        Files.write(model.path(), new byte[10]);

        assertThat(store.list()).isEmpty();
        assertThat(store.resolve("hf:owner/repo", Progress.NONE).path()).hasBinaryContent(bytes);
    }

    @Test
    void sizeIsCheckedBeforeAnythingIsWritten() throws IOException {
        hub("m.gguf");
        ModelStore small = ModelStore.open(root, settings, Catalogue.builtIn(), new Room(() -> 1_000_000, false));
        assertThatThrownBy(() -> small.pull("hf:owner/repo", Progress.NONE))
                .isInstanceOfSatisfying(Failure.class, f -> {
                    assertThat(f.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES);
                    assertThat(f.what()).contains("3.00 MB", "1.00 MB");
                });
        assertThat(Parts.bytesBelow(root.resolve(".partial"))).isZero();

        ModelStore forced = ModelStore.open(root, settings, Catalogue.builtIn(), new Room(() -> 1_000_000, true));
        assertThat(forced.pull("hf:owner/repo", Progress.NONE).bytes()).isEqualTo(3_000_000);
    }

    @Test
    void aDiskThatIsTooSmallIsToldWithBothNumbers() {
        Room room = new Room(() -> Long.MAX_VALUE, false);

        assertThatThrownBy(() -> room.checkDisk(root, 1L << 60, "m"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("needs 1152922 TB")
                .hasMessageContaining("are free");
    }

    @Test
    void offlineUsesWhatIsThereAndSaysWhatIsNot() throws IOException {
        hub("m.gguf");
        store.pull("hf:owner/repo", Progress.NONE);
        int asked = server.requests.size();
        ModelStore offline = StoreFixture.store(root, settings.withOffline(true));

        assertThat(offline.resolve("hf:owner/repo", Progress.NONE).bytes()).isEqualTo(bytes.length);
        assertThatThrownBy(() -> offline.resolve("smollm2", Progress.NONE))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.UNAVAILABLE));
        assertThat(server.requests).hasSize(asked);
    }

    @Test
    void unknownNamesAreToldWithTheNearest() {
        assertThatThrownBy(() -> store.resolve("smolm2", Progress.NONE)).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.code()).isEqualTo(FailureCode.NOT_FOUND);
            assertThat(f.nextStep()).startsWith("did you mean smollm2");
        });
        assertThatThrownBy(() -> store.resolve("Qwen/Qwen3-0.6B-GGUF", Progress.NONE))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.nextStep()).contains("hf:Qwen/Qwen3-0.6B-GGUF"));
        assertThatThrownBy(() -> store.resolve("./none.gguf", Progress.NONE)).hasMessageContaining("no file or folder");
    }

    @Test
    void filesAndFoldersOfTheUsersOwnPassThrough() throws IOException {
        Path folder = Files.createDirectories(root.resolve("own/hf"));
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.write(folder.resolve("model.safetensors"), new byte[7]);
        Path file = Files.write(root.resolve("own/x.gguf"), bytes);

        assertThat(store.resolve(folder.toString(), Progress.NONE).path()).isEqualTo(folder);
        assertThat(store.resolve(folder.resolve("model.safetensors").toString(), Progress.NONE)
                        .bytes())
                .isEqualTo(7);
        assertThat(store.resolve(file.toString(), Progress.NONE).path()).isEqualTo(file);
        assertThat(store.resolve(root.resolve("own").toString(), Progress.NONE).path())
                .isEqualTo(file);
    }

    @Test
    void removedModelsAreGoneAndOthersAreNot() throws IOException {
        hub("m.gguf", "m-Q8_0.gguf");
        store.pull("hf:owner/repo:m.gguf", Progress.NONE);
        store.pull("hf:owner/repo:Q8_0", Progress.NONE);

        store.remove("hf:owner/repo:m.gguf");

        assertThat(store.list()).extracting(StoredModel::name).containsExactly("hf:owner/repo:Q8_0");
        assertThatThrownBy(() -> store.remove("hf:owner/repo:m.gguf")).hasMessageContaining("is not on this disk");
        assertThatThrownBy(() -> store.remove("smollm2")).hasMessageContaining("is not on this disk");
    }

    @Test
    void twoThreadsThatPullTheSameModelFetchItOnce() throws Exception {
        server.serve("/m.gguf", bytes);
        server.pauseMillis = 5;
        String name = server.uri("/m.gguf").toString();
        List<CompletableFuture<StoredModel>> pulls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pulls.add(CompletableFuture.supplyAsync(() -> store.resolve(name, Progress.NONE)));
        }

        for (CompletableFuture<StoredModel> pull : pulls) {
            assertThat(pull.get(30, TimeUnit.SECONDS).bytes()).isEqualTo(bytes.length);
        }
        assertThat(server.requests).hasSize(2); // one look at the head, one download
    }

    @Test
    void brokenManifestsAreNoModels() throws IOException {
        String rest = "\"name\":\"x\",\"source\":\"x\",\"main\":\"\",";
        String now = "\"pulled\":\"2026-01-01T00:00:00Z\",";
        for (String text : List.of(
                "{" + rest + now + "\"files\":[{}]}",
                "{" + rest + now + "\"files\":[null]}",
                "{" + rest + now + "\"files\":[{\"name\":\"../x\",\"bytes\":0,\"sha256\":\"\"}]}",
                "{" + rest + "\"pulled\":\"yesterday\",\"files\":[]}",
                "",
                "{",
                "{}",
                "[]",
                "{\"name\":null}",
                "{\"files\":[{}]}",
                "\0\0\0")) {
            Path folder = Files.createDirectories(root.resolve("m" + text.hashCode()));
            Files.writeString(folder.resolve(Manifest.FILE), text);
        }
        assertThat(store.list()).isEmpty();
    }

    @Test
    void everyKnownNameHasASourceThatCanBeRead() {
        for (Catalogue.Entry entry : Catalogue.builtIn().entries()) {
            assertThat(Wanted.of(entry).sources()).as(entry.name()).isNotEmpty();
            assertThat(entry.licence()).as(entry.name()).isNotBlank();
            assertThat(entry.bytes()).as(entry.name()).isPositive();
        }
        assertThat(Catalogue.builtIn().find("LLAMA3.2:1B")).isPresent();
        assertThat(Catalogue.builtIn().entries().stream()
                        .map(e -> Wanted.folderOf(e.name()))
                        .distinct())
                .hasSameSizeAs(Catalogue.builtIn().entries());
    }

    @Test
    void theHubsFilesMayBeSpelledAsABrowserDoes() {
        assertThat(Source.parse(URI.create("https://huggingface.co/o/r/resolve/main/m.gguf")
                                .toString())
                        .orElseThrow()
                        .text())
                .isEqualTo("hf:o/r:m.gguf");
    }

    /** Serves a repository of files that all have the same bytes. */
    private void hub(String... paths) {
        String files = Stream.of(paths)
                .map(p -> "{\"rfilename\":\"" + p.replace("\\", "\\\\") + "\",\"size\":" + bytes.length
                        + ",\"lfs\":{\"sha256\":\"" + StoreFixture.sha256(bytes) + "\",\"size\":" + bytes.length + "}}")
                .reduce((a, b) -> a + "," + b)
                .orElse("");
        String answer =
                "{\"sha\":\"" + COMMIT + "\",\"cardData\":{\"license\":\"apache-2.0\"},\"siblings\":[" + files + "]}";
        server.serve("/api/models/owner/repo", answer.getBytes(StandardCharsets.UTF_8));
        for (String path : paths) {
            server.serve("/owner/repo/resolve/" + COMMIT + "/" + path, bytes);
        }
    }
}
