package smelt.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.cache.BlockOwner;
import smelt.engine.cache.SnapshotProgress;
import smelt.engine.cache.SnapshotReader;
import smelt.engine.cache.SnapshotWriter;
import smelt.runtime.StepRunner;
import smelt.tokenizer.Tokenizer;

/**
 * Runs the requests of many callers on one model. Owns the runner: it is used, and closed, on the engine's own thread.
 */
public final class Engine implements ModelService {
    private final EngineLoop loop;
    private final StepRunner runner;
    private final @Nullable StepRunner draft;
    private final OwnerThread thread;

    /** Without a draft model. */
    public Engine(StepRunner runner, @Nullable Tokenizer tokenizer, Settings settings) {
        this(runner, null, tokenizer, settings);
    }

    /**
     * Starts the thread.
     *
     * @param draft a smaller model whose token ids mean the same, to guess with; closed before the runner; null for
     *     none
     * @param tokenizer null for a model without one, whose answers are ids only
     */
    public Engine(StepRunner runner, @Nullable StepRunner draft, @Nullable Tokenizer tokenizer, Settings settings) {
        @Nullable Supplier<TextDecoder> decoders = tokenizer == null ? null : () -> TextDecoder.of(tokenizer);
        this.runner = runner;
        this.draft = draft;
        loop = new EngineLoop(runner, draft, decoders, settings, System::nanoTime);
        thread = OwnerThread.start("smelt-engine", loop, this::closeModels);
    }

    private void closeModels() {
        try (runner) {
            if (draft != null) {
                draft.close();
            }
        }
    }

    /** Most tokens, prompt included, of one request. */
    @Override
    public int contextLength() {
        return loop.contextLength();
    }

    public int vocabulary() {
        return runner.limits().vocabulary();
    }

    /**
     * Queues a request; may be called from any thread.
     *
     * @param consumer called in order, on the engine's thread: it must not block, or all wait; one that throws loses
     *     its own request only ({@link EventStream} hands events to another thread)
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
        thread.wake();
        return handles;
    }

    /** As {@link StepRunner#stepBytes}; with no regard to a draft model. */
    public double stepBytes() {
        return runner.stepBytes();
    }

    /** How it goes; from any thread, at no cost for the steps. */
    public Metrics metrics() {
        return loop.metrics();
    }

    /**
     * Writes the blocks of all cached prefixes to a file; requests go on meanwhile, a step now and then later by the
     * time that copying a few megabytes takes. What is given up meanwhile may be missing.
     *
     * @param file replaced as a whole at the end, and readable by its owner alone: it tells what was asked
     * @return positions written
     * @throws smelt.base.Failure UNAVAILABLE where the file cannot be written, CANCELLED where the engine is closed
     */
    public long save(Path file, SnapshotProgress progress) {
        return new SnapshotWriter(runner, loop.scheduler().pool(), blockOwner()).save(file, progress);
    }

    /**
     * Brings what {@link #save} wrote into the free blocks, the latest used first, as far as they go: answers are the
     * same, to the bit, as without. Best before the first request.
     *
     * @return positions that are cached now and stand in the file
     * @throws smelt.base.Failure NOT_FOUND or UNAVAILABLE where the file cannot be read, MALFORMED or CORRUPT where it
     *     is damaged (blocks before the damage are kept), UNSUPPORTED where it is of another model, type of keys and
     *     values, or build
     */
    public long restore(Path file, SnapshotProgress progress) {
        return new SnapshotReader(runner, loop.scheduler().pool(), blockOwner()).restore(file, progress);
    }

    private BlockOwner blockOwner() {
        if (thread.isCurrent()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "The engine's own thread cannot wait for itself");
        }
        return loop.errands().owner(thread::wake);
    }

    @Override
    public boolean hasEnded() {
        return thread.hasEnded();
    }

    @Override
    public boolean drain(Duration patience) throws InterruptedException {
        return thread.drain(patience);
    }

    /**
     * Ends running and waiting requests as cancelled and waits until the runner is closed; a consumer that blocks is
     * interrupted after some seconds.
     *
     * @throws Failure INTERNAL where a consumer goes on blocking: the model then stays in memory
     */
    @Override
    public void close() {
        thread.close();
    }
}
