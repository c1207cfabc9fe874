package smelt.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.engine.Metrics;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.hosting.ModelHost;
import smelt.server.Server;
import smelt.server.ServerSettings;
import smelt.store.ModelStore;
import smelt.store.Progress;
import smelt.store.Settings;
import smelt.targets.cpu.Machine;

/** A server on a free port of this machine with SmolLM2 and a tiny embedding model, as {@code smelt serve} runs one. */
final class LiveServer implements AutoCloseable {
    static final String CHAT = "smollm2";
    static final String EMBEDDING = "tiny-bert";
    static final int CONTEXT = 4096;
    private static final Path RERANKER = Path.of("../check/src/test/resources/rerankers/bert");

    private static @Nullable LiveServer shared;

    private final ModelHost host;
    private final Server server;

    private LiveServer(Map<String, String> sources, smelt.engine.Settings settings, int context) {
        int threads = Runtime.getRuntime().availableProcessors();
        var choices = new ModelFileLoader.Choices(context, threads, Optional.empty(), CacheType.F16, settings);
        host = new ModelHost(new ModelFileLoader(Path::of, choices), Machine.usableMemory(), Duration.ofMinutes(5));
        server = Server.start(ServerSettings.DEFAULT.withAddress("127.0.0.1", 0), host, sources, "0.0-test");
        server.loaded().join();
    }

    /** One for all tests; it ends with the process. Skips the test where the model cannot be had. */
    static synchronized LiveServer shared() {
        LiveServer now = shared;
        if (now == null) {
            Map<String, String> sources = new LinkedHashMap<>();
            sources.put(CHAT, chatModel().toString());
            sources.put(EMBEDDING, embeddingModel().toString());
            now = new LiveServer(sources, smelt.engine.Settings.DEFAULT, 0);
            Runtime.getRuntime().addShutdownHook(new Thread(now::close));
            shared = now;
        }
        return now;
    }

    /**
     * Another server of SmolLM2 alone.
     *
     * @param context positions of keys and values, of all requests together
     */
    static LiveServer of(smelt.engine.Settings settings, int context) {
        return new LiveServer(Map.of(CHAT, chatModel().toString()), settings, context);
    }

    /** SmolLM2's file. Skips the test where it cannot be had. */
    static Path chatModel() {
        ModelStore store = ModelStore.open(ModelStore.defaultRoot(), Settings.fromEnvironment());
        try {
            return store.resolve(CHAT, Progress.NONE).path();
        } catch (Failure e) {
            assumeTrue(e.code() != FailureCode.UNAVAILABLE, "smollm2 cannot be downloaded: " + e.what());
            throw e;
        }
    }

    /** How SmolLM2 is named to {@code smelt serve}. Skips the test where it cannot be had. */
    static String served() {
        return CHAT + "=" + chatModel();
    }

    /** The tiny reranker, whose classifier is called something else: what is left makes embeddings. */
    private static Path embeddingModel() {
        try {
            Path folder = Files.createDirectories(Path.of("target/tiny-bert"));
            for (String name : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
                String bytes = Files.readString(RERANKER.resolve(name), StandardCharsets.ISO_8859_1);
                String without = bytes.replace("\"classifier.", "\"pooler.cls.");
                Files.writeString(folder.resolve(name), without, StandardCharsets.ISO_8859_1);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without {@code /v1}. */
    URI uri() {
        return server.uri();
    }

    /** Where clients of OpenAI's interface are pointed. */
    String openAi() {
        return server.uri() + "/v1";
    }

    /** Of the chat model's engine. */
    Metrics metrics() {
        try (ModelHost.Lease lease = host.use(chatSource())) {
            return lease.model().engine().metrics();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String chatSource() {
        return server.models().find(CHAT).source();
    }

    @Override
    public void close() {
        server.close();
        host.close();
    }
}
