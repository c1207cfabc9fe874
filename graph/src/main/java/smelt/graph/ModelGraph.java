package smelt.graph;

import java.util.List;

/**
 * A model as data: what the compiler reads and the runtime binds.
 *
 * @param embedding from token ids to the first residual stream
 * @param head from the residual stream to logits, or, for an embedding model, to the rows that are pooled
 */
public record ModelGraph(Info info, Section embedding, List<Section> layers, Section head) {
    public ModelGraph {
        layers = List.copyOf(layers);
    }

    /**
     * @param contextLength positions the model was trained for
     * @param hidden width of the residual stream
     * @param pooling NONE for models that generate
     */
    public record Info(String family, int vocabulary, int contextLength, int hidden, Pooling pooling) {}

    /** How an embedding model makes one vector of a sequence's rows. */
    public enum Pooling {
        NONE,
        MEAN,
        FIRST,
        LAST
    }
}
