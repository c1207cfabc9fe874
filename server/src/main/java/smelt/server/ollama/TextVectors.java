package smelt.server.ollama;

import java.util.List;
import smelt.engine.Embedder;
import smelt.engine.LoadedModel;
import smelt.server.generation.Vectors;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import tools.jackson.databind.node.ArrayNode;

/** The vectors of texts, which are made together. */
final class TextVectors {
    private final LoadedModel model;
    private final Embedder embedder;
    private final List<int[]> texts;

    /**
     * @param truncated whether a text that is too long loses its end
     * @throws Problem 400 where one is too long and must not
     * @throws smelt.base.Failure UNSUPPORTED where the model makes no vectors
     */
    TextVectors(LoadedModel model, List<String> texts, boolean truncated) {
        this.model = model;
        embedder = model.embedder();
        this.texts = texts.stream()
                .map(text -> checked(model.embeddingInput(text, truncated)))
                .toList();
    }

    private int[] checked(int[] text) {
        if (text.length > embedder.contextLength()) {
            throw Problem.invalid(
                            "input",
                            "A text has " + text.length + " tokens; " + model.name() + " reads "
                                    + embedder.contextLength() + " (\"truncate\": true cuts it)")
                    .withCode("context_length_exceeded");
        }
        return text;
    }

    int tokens() {
        return Vectors.tokens(texts);
    }

    /** @param dimensions how many numbers each keeps, and is then made length 1 again; 0 for all */
    List<float[]> make(boolean normalized, int dimensions, Exchange exchange) throws InterruptedException {
        if (dimensions > embedder.width()) {
            throw Problem.invalid(
                    "dimensions",
                    "dimensions is " + dimensions + "; vectors of " + model.name() + " have " + embedder.width()
                            + " numbers");
        }
        if (texts.isEmpty()) {
            return List.of();
        }
        return Vectors.of(texts, embedder, normalized, exchange).stream()
                .map(vector -> dimensions == 0 ? vector : shortened(vector, dimensions))
                .toList();
    }

    private static float[] shortened(float[] vector, int dimensions) {
        double squares = 0;
        for (int i = 0; i < dimensions; i++) {
            squares += (double) vector[i] * vector[i];
        }
        float[] shorter = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            shorter[i] = (float) (vector[i] / Math.max(Math.sqrt(squares), Float.MIN_NORMAL));
        }
        return shorter;
    }

    static void write(float[] vector, ArrayNode into) {
        for (float number : vector) {
            into.add(number);
        }
    }
}
