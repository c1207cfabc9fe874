package smelt.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.engine.Engine;
import smelt.engine.cache.SnapshotProgress;

/** {@code --prefix-cache}: what an engine remembers of texts, in a file from one run to the next. */
final class PrefixCacheFile {
    /** What takes longer is shown. */
    private static final Duration PATIENCE = Duration.ofMillis(700);

    private final @Nullable Path file;
    private final Engine engine;
    private final PrintWriter err;

    private PrefixCacheFile(@Nullable Path file, Engine engine, PrintWriter err) {
        this.file = file;
        this.engine = engine;
        this.err = err;
    }

    /**
     * Brings back what {@code file} holds, if it is there.
     *
     * @param file null for none
     * @throws Failure where it is of another model or damaged
     */
    static PrefixCacheFile open(@Nullable Path file, Engine engine, PrintWriter err) {
        var cache = new PrefixCacheFile(file, engine, err);
        if (file != null && Files.exists(file)) {
            try {
                cache.watched("reading " + file, engine::restore);
            } catch (Failure e) {
                throw e.withNextStep("name another file for --prefix-cache, or remove this one");
            }
        }
        return cache;
    }

    /** Does nothing where there is no file. */
    void save() {
        if (file != null) {
            watched("saving " + file, engine::save);
        }
    }

    private void watched(String what, BiConsumer<Path, SnapshotProgress> work) {
        Path known = file;
        if (known == null) {
            return;
        }
        ProgressBar bar = ProgressBar.on(err);
        boolean[] started = new boolean[1];
        long begin = System.nanoTime();
        try {
            work.accept(known, (done, total) -> {
                if (!started[0] && System.nanoTime() - begin > PATIENCE.toNanos()) {
                    started[0] = true;
                    bar.start(what, done, OptionalLong.of(total));
                }
                bar.at(done);
            });
        } finally {
            bar.finish();
        }
    }
}
