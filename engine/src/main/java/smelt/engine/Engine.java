package smelt.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    /** Nothing is left to do after {@link #draining} began. */
    private final CountDownLatch idle = new CountDownLatch(1);

    private volatile boolean draining;
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
     *     the queue is full ({@link smelt.base.Failure#retryAfter} tells for how long), UNAVAILABLE where the engine is
     *     being drained, CANCELLED where it is closed; the consumer then hears nothing
     */
    public Handle submit(Request request, Consumer<Event> consumer) {
        return submit(request, List.of(consumer)).getFirst();
    }

    /**
     * Queues several answers to one prompt, which is computed once: consumer i receives the one whose
     * {@linkplain Request#choice choice} is i more than the request's. All of them are queued, or none.
     *
     * @return their handles, in the same order
     * @throws smelt.base.Failure as {@link #submit(Request, Consumer)} does
     */
    public List<Handle> submit(Request request, List<? extends Consumer<Event>> consumers) {
        List<Handle> handles = loop.submit(request, consumers);
        LockSupport.unpark(thread);
        return handles;
    }

    /** How it goes; from any thread, at no cost for the steps. */
    public Metrics metrics() {
        return loop.metrics();
    }

    private void run() {
        try (runner) {
            while (!closing) {
                if (loop.doWork() == 0) {
                    if (draining && loop.isIdle()) {
                        idle.countDown();
                    }
                    LockSupport.park(this);
                }
            }
        } finally {
            loop.close();
            idle.countDown();
        }
    }

    /**
     * Takes no more requests, waits until those that are there have ended, for {@code patience} at most, and closes.
     *
     * @return whether all ended by themselves
     * @throws InterruptedException where the caller was interrupted as it waited; the engine is then not closed
     */
    public boolean drain(Duration patience) throws InterruptedException {
        loop.refuseNew();
        draining = true;
        LockSupport.unpark(thread);
        boolean ended = idle.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        close();
        return ended;
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
