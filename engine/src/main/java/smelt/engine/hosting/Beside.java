package smelt.engine.hosting;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Work on a thread of its own. */
final class Beside<T> {
    private final CompletableFuture<T> result;

    private Beside(CompletableFuture<T> result) {
        this.result = result;
    }

    static <T> Beside<T> start(Supplier<T> work) {
        return new Beside<>(CompletableFuture.supplyAsync(
                work, task -> Thread.ofPlatform().name("smelt-beside").daemon().start(task)));
    }

    /** Waits for the work, whatever comes of it. */
    void await() {
        result.exceptionally(e -> null).join();
    }

    /** Waits for the work; throws what it threw. */
    T get() {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }
}
