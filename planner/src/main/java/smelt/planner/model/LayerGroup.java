package smelt.planner.model;

/**
 * Equal layers.
 *
 * @param otherParameters of each layer, beyond what {@code attention} and {@code feedForward} tell and two norms: more
 *     norms, more biases, sinks
 */
public record LayerGroup(int count, Attention attention, FeedForward feedForward, long otherParameters) {
    public LayerGroup(int count, Attention attention, FeedForward feedForward) {
        this(count, attention, feedForward, 0);
    }
}
