package smelt.targets.llvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** The one libLLVM of this process, loaded on first use and never unloaded. */
final class LlvmLibrary {
    /** The oldest LLVM whose C interface and textual IR (opaque pointers, intrinsics) are what smelt emits. */
    static final int OLDEST_MAJOR = 18;

    private static volatile @Nullable LlvmLibrary loaded;

    private final Path path;
    private final SymbolLookup symbols;

    private LlvmLibrary(Path path, SymbolLookup symbols) {
        this.path = path;
        this.symbols = symbols;
    }

    /**
     * The loaded library.
     *
     * @throws Failure UNAVAILABLE where none is found, it cannot be loaded or is too old
     */
    static LlvmLibrary get() {
        LlvmLibrary known = loaded;
        if (known == null) {
            synchronized (LlvmLibrary.class) {
                known = loaded == null ? load(LlvmLocation.find().path()) : loaded;
                loaded = known;
            }
        }
        return known;
    }

    Path path() {
        return path;
    }

    MemorySegment find(String symbol) {
        return symbols.find(symbol).orElseThrow(() -> missing(path, symbol));
    }

    /** {@code 20.1.7} */
    static String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, 3);
            LlvmC.LLVMGetVersion.call(numbers.address(), numbers.address() + 4, numbers.address() + 8);
            int[] version = numbers.toArray(ValueLayout.JAVA_INT);
            return version[0] + "." + version[1] + "." + version[2];
        }
    }

    private static LlvmLibrary load(Path path) {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(path, Arena.global());
            if (symbols.find("LLVMGetVersion").isEmpty()) {
                throw missing(path, "LLVMGetVersion");
            }
            return new LlvmLibrary(path, symbols);
        } catch (IllegalArgumentException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, path + " could not be loaded: " + e.getMessage())
                    .withNextStep("smelt needs glibc 2.34 or newer, libstdc++.so.6 and libz.so.1 beside libLLVM; or set"
                            + " SMELT_LLVM to another libLLVM.so of version " + OLDEST_MAJOR + " or newer")
                    .withCause(e);
        }
    }

    private static Failure missing(Path path, String symbol) {
        return Failure.of(FailureCode.UNAVAILABLE, path + " has no function " + symbol)
                .withNextStep("set SMELT_LLVM to a libLLVM.so of version " + OLDEST_MAJOR + " or newer");
    }
}
