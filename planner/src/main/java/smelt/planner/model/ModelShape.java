package smelt.planner.model;

import java.util.List;

/**
 * A text model as its tensors say: exact to the tensor, no weights needed. Towers for images and sound, and layers that
 * guess further tokens, are not counted.
 *
 * @param vocabulary rows of the embedding, padding included
 * @param tiedEmbedding whether the head is the embedding
 * @param contextLength tokens that the model was made for
 * @param layers in their order; equal ones that alternate with others may stand together
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
        layers = List.copyOf(layers);
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
}
