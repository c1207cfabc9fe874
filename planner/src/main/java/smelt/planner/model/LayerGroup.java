package smelt.planner.model;

/**
 * Equal layers.
 *
 * @param otherParameters of each layer, beyond what {@code attention} and {@code feedForward} tell, a router and two
 *     norms: more norms, more biases, sinks; below zero where a norm is missing
 */
public record LayerGroup(int count, Attention attention, FeedForward feedForward, long otherParameters) {
    public LayerGroup {
        Bounds.check("number of layers", count, 1, Bounds.LAYERS);
        Bounds.check("number of other parameters", otherParameters, -(1L << 40), 1L << 40);
    }

    public LayerGroup(int count, Attention attention, FeedForward feedForward) {
        this(count, attention, feedForward, 0);
    }

    LayerGroup withCount(int value) {
        return new LayerGroup(value, attention, feedForward, otherParameters);
    }
}
