package smelt.engine;

import java.time.Duration;

/** What a loaded model does: it writes, or it makes vectors. */
public sealed interface ModelService extends AutoCloseable permits Engine, Embedder {
    /** Most tokens of one request. */
    int contextLength();

    /** Whether it was closed, or ended by an error that its requests were told; its memory is free then. */
    boolean hasEnded();

    /**
     * Takes no more requests, waits until those that are there have ended, for {@code patience} at most, and closes.
     *
     * @return whether all ended by themselves
     * @throws InterruptedException where the caller was interrupted as it waited; nothing is closed then
     */
    boolean drain(Duration patience) throws InterruptedException;

    /** Ends all requests and frees the model. */
    @Override
    void close();
}
