package smelt.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import smelt.graph.Cost;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Section;
import smelt.runtime.OpenModel;

/**
 * The least work that a model asks for, from its graph; what is measured is a share of it in a second.
 *
 * @param weightBytes packed bytes that a step of one token reads; of a mixture, the experts that the token uses
 * @param elementBytes of a key or value, its share of a scale among them
 * @param layers cost of one token in all layers
 * @param head cost of the logits of one token
 */
record Work(double weightBytes, double elementBytes, Cost layers, Cost head) {

    static Work of(OpenModel loaded) {
        ModelGraph graph = loaded.graph();
        List<Node> layers = new ArrayList<>();
        graph.layers().forEach(layer -> layers.addAll(nodes(layer)));
        List<Node> head = nodes(graph.head());
        Cost layerCost = Cost.of(layers);
        Cost headCost = Cost.of(head);
        double elementBytes = loaded.model().program().cache().bytesPerElement();
        return new Work(loaded.stepBytes(), elementBytes, layerCost, headCost);
    }

    private static List<Node> nodes(Section section) {
        return List.copyOf(section.output().expression());
    }

    /** Bytes in memory of a byte of the file's weights. */
    double packing() {
        double stored = layers.weightBytes() + head.weightBytes();
        return stored == 0 ? 1 : weightBytes / stored;
    }

    /** Keys and values that a token behind {@code depth} positions reads, in bytes; of layers with windows, those. */
    double cacheBytes(double depth) {
        return layers.cacheElements(depth) * elementBytes;
    }

    /** Float operations of attention, of a token of a prompt of {@code length}: the mean of all. */
    double attentionOperations(int length) {
        return IntStream.rangeClosed(1, length)
                .mapToDouble(layers::attentionOperations)
                .average()
                .orElse(0);
    }

    /** Bytes of a step that writes one token for each of {@code users} behind {@code depth} positions. */
    double decodeBytes(int users, double depth) {
        return weightBytes + users * cacheBytes(depth);
    }

    /** Integer operations of one written token: a multiplication and an addition are two. */
    double decodeOperations() {
        return 2.0 * (layers.multiplyAdds() + head.multiplyAdds());
    }

    /** Integer operations of a prompt of {@code tokens}, of which the last alone needs logits. */
    double prefillOperations(int tokens) {
        return 2.0 * ((double) layers.multiplyAdds() * tokens + head.multiplyAdds());
    }
}
