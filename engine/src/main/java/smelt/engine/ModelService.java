package smelt.engine;

/** What a loaded model does: it writes, or it makes vectors. */
public sealed interface ModelService extends AutoCloseable permits Engine, Embedder {
    /** Most tokens of one request. */
    int contextLength();

    /** Ends all requests and frees the model. */
    @Override
    void close();
}
