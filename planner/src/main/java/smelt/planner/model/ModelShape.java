package smelt.planner.model;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A text model as its tensors say: exact to the tensor, no weights needed. Towers for images and sound, and layers that
 * guess further tokens, are not counted.
 *
 * @param vocabulary rows of the embedding, padding included
 * @param tiedEmbedding whether the head is the embedding
 * @param contextLength tokens that the model was made for
 * @param layers in their order; equal ones that alternate with others stand together
 * @param otherParameters beyond embedding, layers, final norm and head: learned positions and the like
 * @param source where the shape was read
 */
public record ModelShape(
        String name,
        int vocabulary,
        int hidden,
        boolean tiedEmbedding,
        long contextLength,
        List<LayerGroup> layers,
        long otherParameters,
        String source) {
    public ModelShape {
        Bounds.check("vocabulary", vocabulary, 1, Bounds.VOCABULARY);
        Bounds.check("width", hidden, 1, Bounds.WIDTH);
        Bounds.check("context length", contextLength, 1, 1L << 40);
        Bounds.check("number of other parameters", otherParameters, -(1L << 40), 1L << 40);
        layers = List.copyOf(layers);
        Bounds.check(
                "number of layers", layers.stream().mapToLong(LayerGroup::count).sum(), 1, Bounds.LAYERS);
        if (name.isBlank()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "A model's shape has no name");
        }
    }

    public ModelShape(
            String name,
            int vocabulary,
            int hidden,
            boolean tiedEmbedding,
            long contextLength,
            List<LayerGroup> layers,
            String source) {
        this(name, vocabulary, hidden, tiedEmbedding, contextLength, layers, 0, source);
    }

    /** Layers of all groups. */
    public int layerCount() {
        return layers.stream().mapToInt(LayerGroup::count).sum();
    }

    /** Whether some layer is a mixture of experts. */
    public boolean hasExperts() {
        return layers.stream().anyMatch(layer -> layer.feedForward() instanceof FeedForward.Experts);
    }

    public ModelShape withName(String value) {
        return new ModelShape(value, vocabulary, hidden, tiedEmbedding, contextLength, layers, otherParameters, source);
    }
}
