package smelt.engine;

import smelt.graph.ModelGraph.Pooling;

/**
 * What a loaded model is.
 *
 * @param name as it was asked for
 * @param family such as llama
 * @param trainedContext positions the model was trained for
 * @param contextLength positions it is loaded with
 * @param pooling NONE for a model that writes
 * @param bytes of native memory, measured
 */
public record ModelInfo(
        String name, String family, int trainedContext, int contextLength, Pooling pooling, long bytes) {
    ModelInfo named(String other) {
        return new ModelInfo(other, family, trainedContext, contextLength, pooling, bytes);
    }
}
