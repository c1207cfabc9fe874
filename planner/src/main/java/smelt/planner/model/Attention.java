package smelt.planner.model;

/** How a layer looks back, and what it keeps of each position. */
public sealed interface Attention {
    /**
     * Queries in groups that share keys and values: multi-head, grouped-query and multi-query attention.
     *
     * @param headSize of queries and keys
     * @param window positions looked back at; 0: all
     * @param bias whether the projections to queries, keys and values have one
     * @param headNorm whether each head's queries and keys are normed, by one vector for all heads
     * @param gated whether a projection as wide as the queries gates the output
     */
    record Grouped(
            int heads,
            int kvHeads,
            int headSize,
            int valueSize,
            int window,
            boolean bias,
            boolean headNorm,
            boolean gated)
            implements Attention {}

    /**
     * Multi-head latent attention: one compressed row and one rotated key for each position, shared by all heads.
     *
     * @param queryRank width that queries are compressed to; 0: not at all
     * @param kvRank width that keys and values are compressed to
     * @param ropeSize rotated part of a head
     * @param nopeSize part of a head that is not rotated
     * @param attended positions attended to at most (sparse attention); 0: all
     * @param indexHeads of the indexer that chooses them; 0: none
     * @param indexSize of each of its heads, and of the one key that it keeps for each position
     */
    record Latent(
            int heads,
            int queryRank,
            int kvRank,
            int ropeSize,
            int nopeSize,
            int valueSize,
            int attended,
            int indexHeads,
            int indexSize)
            implements Attention {
        public Latent(int heads, int queryRank, int kvRank, int ropeSize, int nopeSize, int valueSize, int attended) {
            this(heads, queryRank, kvRank, ropeSize, nopeSize, valueSize, attended, 0, 0);
        }
    }

    /**
     * Gated delta rule and the like: a state of fixed size for each sequence in place of keys and values.
     *
     * @param convolution positions that the short convolution before it sees
     */
    record Linear(int keyHeads, int valueHeads, int keySize, int valueSize, int convolution) implements Attention {}

    /** No attention in this layer. */
    record None() implements Attention {}
}
