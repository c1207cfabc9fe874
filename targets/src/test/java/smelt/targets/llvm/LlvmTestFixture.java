package smelt.targets.llvm;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What tests take from LLVM's jar beside its library. */
public final class LlvmTestFixture {
    private LlvmTestFixture() {}

    private static @Nullable URL lld() {
        return LlvmTestFixture.class
                .getClassLoader()
                .getResource("org/bytedeco/llvm/" + BundledLlvm.platform() + "/lld");
    }

    /** Whether {@link #unpackLinker} will work. */
    public static boolean hasLinker() {
        return lld() != null;
    }

    /**
     * Puts lld into {@code folder}, and beside it the library it was built against, so that {@code LD_LIBRARY_PATH} set
     * to the folder makes it run.
     */
    public static Path unpackLinker(Path folder) throws IOException {
        URL resource = lld();
        if (resource == null) {
            throw new IOException("no lld on the class path");
        }
        Path linker = folder.resolve("ld.lld");
        try (InputStream in = resource.openStream()) {
            Files.copy(in, linker);
        }
        if (!linker.toFile().setExecutable(true)) {
            throw new IOException(linker + " cannot be made executable");
        }
        Files.createSymbolicLink(
                folder.resolve("libLLVM.so.20.1"), LlvmLibrary.get().path().toAbsolutePath());
        return linker;
    }
}
