package smelt.planner.model;

/** What a layer does to each position by itself. */
public sealed interface FeedForward {
    /**
     * One for all tokens.
     *
     * @param gated whether a third matrix gates the inner values (SwiGLU and the like)
     */
    record Dense(int inner, boolean gated) implements FeedForward {
        public Dense {
            Bounds.check("feed-forward width", inner, 0, Bounds.WIDTH);
        }
    }

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
            implements FeedForward {
        public Experts {
            Bounds.check("number of experts", routed, 1, Bounds.EXPERTS);
            Bounds.check("number of active experts", active, 1, routed);
            Bounds.check("width of an expert", inner, 1, Bounds.WIDTH);
            Bounds.check("number of shared experts", shared, 0, Bounds.EXPERTS);
            Bounds.check("width of a shared expert", sharedInner, shared == 0 ? 0 : 1, Bounds.WIDTH);
        }
    }
}
