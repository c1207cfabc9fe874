package smelt.planner.model;

/** What a layer does to each position by itself. */
public sealed interface FeedForward {
    /** @param gated whether a third matrix gates the inner values (SwiGLU and the like) */
    record Dense(int inner, boolean gated) implements FeedForward {}

    /**
     * Mixture of experts.
     *
     * @param routed experts to choose from
     * @param active experts chosen for each token
     * @param inner width of each
     * @param shared experts that see every token
     * @param sharedInner width of each of these
     */
    record Experts(int routed, int active, int inner, int shared, int sharedInner, boolean gated)
            implements FeedForward {}
}
