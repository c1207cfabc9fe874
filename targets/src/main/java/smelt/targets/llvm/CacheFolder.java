package smelt.targets.llvm;

import java.nio.file.Path;
import smelt.base.Option;

/** The user's cache: option SMELT_CACHE, else {@code $XDG_CACHE_HOME/smelt}, else {@code ~/.cache/smelt}. */
final class CacheFolder {
    private CacheFolder() {}

    static Path root() {
        String chosen = Option.CACHE.get();
        if (!chosen.isEmpty()) {
            return Path.of(chosen);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && xdg.startsWith("/")
                ? Path.of(xdg)
                : Path.of(System.getProperty("user.home", "."), ".cache");
        return base.resolve("smelt");
    }
}
