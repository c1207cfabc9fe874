package smelt.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.ModelGraph.Pooling;
import smelt.runtime.StepRunner;

/**
 * Makes vectors of the texts of many callers on one model. A vector is the same to the bit whatever else is computed
 * beside it. Owns the runner: it is used, and closed, on the embedder's own thread.
 */
public final class Embedder implements ModelService {
    private final EmbedderLoop loop;
    private final OwnerThread thread;

    /** @throws Failure UNSUPPORTED where there is no pooling; the runner is then still the caller's */
    public Embedder(StepRunner runner, Pooling pooling) {
        loop = new EmbedderLoop(runner, pooling, Settings.DEFAULT.maxQueuedTokens());
        thread = OwnerThread.start("smelt-embedder", loop, runner::close);
    }

    /** Most tokens of one text. */
    @Override
    public int contextLength() {
        return loop.contextLength();
    }

    /** Numbers of a vector. */
    public int width() {
        return loop.width();
    }

    /**
     * Queues texts, all or none; may be called from any thread.
     *
     * @param texts token ids of each, with the special tokens that the model wants
     * @param normalized whether vectors have length 1
     * @return for each text, in order, its vector, or the {@link Failure} of its step; it may be cancelled
     * @throws Failure INVALID_ARGUMENT or LIMIT_EXCEEDED where one is empty or longer than {@link #contextLength},
     *     OUT_OF_RESOURCES where too much waits, UNAVAILABLE where the embedder is being drained, CANCELLED where it is
     *     closed
     */
    public List<CompletableFuture<float[]>> submit(List<int[]> texts, boolean normalized) {
        List<CompletableFuture<float[]>> results = loop.submit(texts, normalized);
        thread.wake();
        return results;
    }

    /** As {@link #submit}; waits for all, and ends all where one fails. */
    public List<float[]> embed(List<int[]> texts, boolean normalized) throws InterruptedException {
        List<CompletableFuture<float[]>> results = submit(texts, normalized);
        try {
            List<float[]> vectors = new ArrayList<>();
            for (CompletableFuture<float[]> result : results) {
                vectors.add(await(result));
            }
            return vectors;
        } finally {
            results.forEach(result -> result.cancel(false));
        }
    }

    private static float[] await(CompletableFuture<float[]> result) throws InterruptedException {
        try {
            return result.get();
        } catch (CancellationException e) {
            throw Failure.of(FailureCode.CANCELLED, "The text was cancelled").withCause(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.of(FailureCode.INTERNAL, "The text was lost").withCause(e);
        }
    }

    @Override
    public boolean hasEnded() {
        return thread.hasEnded();
    }

    @Override
    public boolean drain(Duration patience) throws InterruptedException {
        return thread.drain(patience);
    }

    /** Ends what waits as cancelled and waits until the runner is closed. */
    @Override
    public void close() {
        thread.close();
    }
}
