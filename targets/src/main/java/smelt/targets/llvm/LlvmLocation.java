package smelt.targets.llvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;

/**
 * Where libLLVM is: the path of option SMELT_LLVM, else the one of the class path (unpacked into the user's cache),
 * else the system's.
 *
 * @param path the shared library
 * @param identity names its content, without loading it; part of the key of cached objects
 */
record LlvmLocation(Path path, String identity) {
    private static final int NEWEST_MAJOR = 24;

    private static @Nullable LlvmLocation found;

    /** Looks once; after a failure again. */
    static synchronized LlvmLocation find() {
        LlvmLocation known = found;
        if (known == null) {
            known = search();
            found = known;
        }
        return known;
    }

    private static LlvmLocation search() {
        String chosen = Option.LLVM.get();
        if (!chosen.isEmpty()) {
            return ofFile(Path.of(chosen));
        }
        return BundledLlvm.onClassPath()
                .map(bundled -> new LlvmLocation(bundled.unpack(CacheFolder.root()), bundled.identity()))
                .or(LlvmLocation::ofSystem)
                .orElseThrow(() -> Failure.of(
                                FailureCode.UNAVAILABLE,
                                "No libLLVM for " + BundledLlvm.platform()
                                        + " is on the class path, and none of version " + LlvmLibrary.OLDEST_MAJOR
                                        + " or newer in the system's folders")
                        .withNextStep(
                                "install the system's package (Debian: llvm-19), or set SMELT_LLVM to libLLVM.so"));
    }

    private static LlvmLocation ofFile(Path path) {
        try {
            String identity = path.toRealPath() + ":" + Files.size(path) + ":" + Files.getLastModifiedTime(path);
            return new LlvmLocation(path, identity);
        } catch (IOException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "SMELT_LLVM names " + path + ", which cannot be read")
                    .withNextStep("give the path of libLLVM.so itself, or unset SMELT_LLVM")
                    .withCause(e);
        }
    }

    private static Optional<LlvmLocation> ofSystem() {
        return IntStream.rangeClosed(LlvmLibrary.OLDEST_MAJOR, NEWEST_MAJOR)
                .map(i -> LlvmLibrary.OLDEST_MAJOR + NEWEST_MAJOR - i)
                .boxed()
                .flatMap(LlvmLocation::systemPaths)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(LlvmLocation::ofFile);
    }

    private static Stream<Path> systemPaths(int major) {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String multiarch = (arch.equals("amd64") ? "x86_64" : arch) + "-linux-gnu";
        List<String> folders =
                List.of("/usr/lib/llvm-" + major + "/lib", "/usr/lib/" + multiarch, "/usr/lib64", "/usr/lib");
        List<String> names =
                List.of("libLLVM.so." + major + ".1", "libLLVM-" + major + ".so.1", "libLLVM-" + major + ".so");
        return folders.stream().flatMap(folder -> names.stream().map(name -> Path.of(folder, name)));
    }
}
