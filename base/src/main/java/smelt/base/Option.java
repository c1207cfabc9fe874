package smelt.base;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one registry of environment options: name, default, meaning. A value is taken from the system property, else from
 * the environment variable, of the same name. Options that change generated code say so and are part of the cache key.
 *
 * @param name the environment variable, {@code SMELT_...}
 */
public record Option<T>(String name, T defaultValue, Function<String, T> parser, String meaning) {
    /** 0: quiet; 1: devices; 2: kernel times; 3: choices made; 4: LLVM IR; 5: graph per pass; 6: assembly. */
    public static final Option<Integer> DEBUG =
            new Option<>("SMELT_DEBUG", 0, Integer::parseInt, "how much to tell on standard error, 0 to 6");

    /** Folder of models and compiled objects; default {@code ~/.cache/smelt}. */
    public static final Option<String> CACHE =
            new Option<>("SMELT_CACHE", "", s -> s, "folder of downloaded models and compiled kernels");

    /** Forces one tier of the CPU target. */
    public static final Option<String> TIER = new Option<>(
            "SMELT_TIER", "auto", s -> s.toLowerCase(Locale.ROOT), "instruction set: auto, avx2, avx512, vnni, amx");

    /** Forces a target: {@code cpu} or {@code reference}. */
    public static final Option<String> TARGET = new Option<>(
            "SMELT_TARGET", "cpu", s -> s.toLowerCase(Locale.ROOT), "what runs the kernels: cpu, reference");

    /** The shared library that generates code; default: the bundled one, else the system's. */
    public static final Option<String> LLVM =
            new Option<>("SMELT_LLVM", "", s -> s, "path of libLLVM.so, version 18 or newer");

    public static List<Option<?>> all() {
        return List.of(DEBUG, CACHE, TIER, TARGET, LLVM);
    }

    /** The value in force. */
    public T get() {
        String text = raw();
        if (text == null || text.isBlank()) {
            return defaultValue;
        }
        try {
            return parser.apply(text.trim());
        } catch (IllegalArgumentException e) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, name + "=" + text + " is not a valid value: " + meaning)
                    .withCause(e);
        }
    }

    private @Nullable String raw() {
        String property = System.getProperty(name);
        return property != null ? property : System.getenv(name);
    }
}
