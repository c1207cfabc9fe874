package smelt.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import smelt.graph.Attr;
import smelt.graph.Cost;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;

/**
 * The least work that a model asks for, from its graph; what is measured is a share of it in a second.
 *
 * @param weightBytes packed bytes that a step of one token reads; of a mixture, the experts that the token uses
 * @param cacheBytes keys and values of one position in all layers
 * @param layerProducts multiplications and additions, in pairs, of one token in all layers
 * @param headProducts the same for the logits of one token
 */
record Work(double weightBytes, double cacheBytes, double layerProducts, double headProducts) {

    /**
     * @param packedBytes of all weights of a loaded model
     * @param cacheBytes of one position
     */
    static Work of(ModelGraph graph, long packedBytes, double cacheBytes) {
        List<Node> layers = new ArrayList<>();
        graph.layers().forEach(layer -> layers.addAll(nodes(layer)));
        Cost layerCost = Cost.of(layers);
        Cost headCost = Cost.of(nodes(graph.head()));
        double used = layerCost.weightBytes() + headCost.weightBytes();
        double stored = stored(layers) + stored(nodes(graph.head()));
        double share = stored == 0 ? 1 : used / stored;
        return new Work(packedBytes * share, cacheBytes, layerCost.multiplyAdds(), headCost.multiplyAdds());
    }

    private static Collection<Node> nodes(Section section) {
        Set<Node> seen = new HashSet<>();
        collect(section.output(), seen);
        return seen;
    }

    private static void collect(Node node, Set<Node> seen) {
        if (seen.add(node)) {
            node.inputs().forEach(input -> collect(input, seen));
        }
    }

    /** Bytes of the matrices that products read, all experts among them. */
    private static double stored(Collection<Node> nodes) {
        double bytes = 0;
        for (Node node : nodes) {
            bytes += Cost.of(node).weightBytes() * (node.op() == Op.EXPERTS ? expertsPerUsedOne(node) : 1);
        }
        return bytes;
    }

    private static double expertsPerUsedOne(Node node) {
        Attr.Experts experts = node.attr(Attr.Experts.class);
        return (double) experts.count() / experts.used();
    }

    /** Bytes of a step that writes one token for each of {@code users} behind {@code depth} positions. */
    double decodeBytes(int users, double depth) {
        return weightBytes + users * depth * cacheBytes;
    }

    /** Integer operations of one written token: a multiplication and an addition are two. */
    double decodeOperations() {
        return 2 * (layerProducts + headProducts);
    }

    /** Integer operations of a prompt of {@code tokens}, of which the last alone needs logits. */
    double prefillOperations(int tokens) {
        return 2 * (layerProducts * tokens + headProducts);
    }
}
