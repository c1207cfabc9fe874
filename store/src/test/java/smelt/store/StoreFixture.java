package smelt.store;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Stores with short tempers, and model files that begin as such. */
final class StoreFixture {
    private StoreFixture() {}

    static Settings settings() {
        return new Settings(
                false,
                false,
                URI.create("http://127.0.0.1:1"),
                Optional.empty(),
                Proxies.NONE,
                List.of(),
                Duration.ofMillis(5),
                Duration.ofSeconds(5));
    }

    static ModelStore store(Path root, Settings settings) {
        return ModelStore.open(root, settings, Catalogue.builtIn(), new Room(() -> 1L << 40, false));
    }

    /** {@code length} bytes that begin as GGUF version 3; always the same. */
    static byte[] gguf(int length) {
        byte[] bytes = new byte[length];
        new Random(42).nextBytes(bytes);
        byte[] head = new byte[24]; // magic, version, no tensors, no keys
        System.arraycopy(new byte[] {'G', 'G', 'U', 'F', 3}, 0, head, 0, 5);
        System.arraycopy(head, 0, bytes, 0, head.length);
        return bytes;
    }

    static String sha256(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(Parts.sha256().digest(bytes));
    }
}
