package smelt.graph;

import java.util.List;
import java.util.Map;

/**
 * A part of a model that the step runs as a whole: the embedding, one layer, or the head. Two layers of the same shape
 * and element types have the same {@code output} node and differ in {@code weights} only; the compiler makes one loop
 * of them.
 *
 * @param weights what each slot of {@code output} is bound to
 */
public record Section(Node output, Map<String, Stored> weights) {
    public Section {
        weights = Map.copyOf(weights);
    }

    /**
     * Where a weight comes from.
     *
     * @param tensors names in the model file; several are stacked in order (experts); of a tensor with more rows than
     *     the slot the first are taken (a token type)
     * @param transposed the file holds [in, out]
     */
    public record Stored(List<String> tensors, boolean transposed) {
        public Stored {
            tensors = List.copyOf(tensors);
        }
    }
}
