package smelt.planner.model;

/**
 * Parameters of one layer, by what is done with them.
 *
 * @param attention matrices of projections; convolutions too
 * @param feedForward matrices that all tokens of a dense layer see, and those of shared experts
 * @param expert matrices of one routed expert; 0 in a dense layer
 * @param routed experts
 * @param active experts of each token
 * @param router matrix that chooses
 * @param vectors norms, biases, sinks
 */
public record LayerParameters(
        long attention, long feedForward, long expert, int routed, int active, long router, long vectors) {
    /** All of them. */
    public long total() {
        return Math.addExact(
                Math.addExact(attention + feedForward, router + vectors), Math.multiplyExact(expert, (long) routed));
    }

    /** Those that one token meets. */
    public long ofOneToken() {
        return attention + feedForward + router + vectors + expert * active;
    }

    /** Matrices that one token is multiplied with: two operations each. */
    public long multiplied() {
        return attention + feedForward + router + expert * active;
    }
}
