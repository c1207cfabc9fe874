package smelt.engine;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.runtime.StepRunner;
import smelt.tokenizer.Tokenizer;

/**
 * Runs the requests of many callers on one model. Owns the runner: it is used, and closed, on the engine's own thread.
 */
public final class Engine implements AutoCloseable {
    private final EngineLoop loop;
    private final StepRunner runner;
    private final Thread thread;
    private volatile boolean closing;

    /** @param tokenizer null for a model without one, whose answers are ids only */
    public Engine(StepRunner runner, @Nullable Tokenizer tokenizer, Settings settings) {
        @Nullable Supplier<TextDecoder> decoders = tokenizer == null ? null : () -> TextDecoder.of(tokenizer);
        this.runner = runner;
        loop = new EngineLoop(runner, decoders, settings, System::nanoTime);
        thread = Thread.ofPlatform().name("smelt-engine").daemon().unstarted(this::run);
        thread.start();
    }

    /** Most tokens, prompt included, of one request. */
    public int contextLength() {
        return loop.contextLength();
    }

    public int vocabulary() {
        return runner.limits().vocabulary();
    }

    /**
     * Queues a request; may be called from any thread.
     *
     * @param consumer called in order, on the engine's thread: it must not block, and one that throws loses its own
     *     request only ({@link EventStream} hands events to another thread)
     * @throws smelt.base.Failure INVALID_ARGUMENT or LIMIT_EXCEEDED where it could never run, OUT_OF_RESOURCES where
     *     the queue is full, CANCELLED where the engine is closed; the consumer then hears nothing
     */
    public Handle submit(Request request, Consumer<Event> consumer) {
        Handle handle = loop.submit(request, consumer);
        LockSupport.unpark(thread);
        return handle;
    }

    private void run() {
        try (runner) {
            while (!closing) {
                if (loop.doWork() == 0) {
                    LockSupport.park(this);
                }
            }
        } finally {
            loop.close();
        }
    }

    /** Ends running and waiting requests as cancelled and waits until the runner is closed. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
