package smelt.engine;

import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.cache.BlockOwner;

/** What other threads want done by the engine's own thread between two steps: each short, one of each thread. */
final class Errands {
    private final Queue<FutureTask<?>> queue = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** @param wake tells the engine's thread that there is something to do */
    BlockOwner owner(Runnable wake) {
        return new BlockOwner() {
            @Override
            public <T> T ask(Supplier<T> errand) {
                var task = new FutureTask<>(errand::get);
                queue.add(task);
                if (closed) {
                    task.cancel(false);
                }
                wake.run();
                return result(task);
            }
        };
    }

    /** A step takes no longer than that an interruption could wait for it. */
    private static <T> T result(FutureTask<T> task) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (CancellationException e) {
            throw Failure.of(FailureCode.CANCELLED, "The engine is closed").withCause(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Failure failure(@Nullable Throwable cause) {
        return cause instanceof Failure failure
                ? failure
                : Failure.of(FailureCode.INTERNAL, "An errand between two steps failed: " + cause);
    }

    /** On the engine's thread. */
    void run() {
        for (FutureTask<?> task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
        }
    }

    /** Those that wait, and those that come, are cancelled. */
    void close() {
        closed = true;
        for (FutureTask<?> task = queue.poll(); task != null; task = queue.poll()) {
            task.cancel(false);
        }
    }
}
