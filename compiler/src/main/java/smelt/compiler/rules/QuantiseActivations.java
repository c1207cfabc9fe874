package smelt.compiler.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Rule;
import smelt.graph.Type;

/**
 * MATMUL(x, w) becomes MATMUL(QUANTISE(x), w) where w is stored in a quantised type; likewise for experts. Interning
 * shares one QUANTISE among all that read x.
 */
public final class QuantiseActivations implements Rule {
    @Override
    public Optional<Node> apply(Graph graph, Node node) {
        int weight = switch (node.op()) {
            case MATMUL -> 1;
            case EXPERTS_UP, EXPERTS_DOWN -> 2;
            default -> -1;
        };
        if (weight < 0 || !(node.input(0).type() instanceof Type.Rows rows)) {
            return Optional.empty();
        }
        Type.Weight type = (Type.Weight) node.input(weight).type();
        if (!type.dtype().isQuantised()) {
            return Optional.empty();
        }
        Node quantised =
                graph.node(Op.QUANTISE, List.of(node.input(0)), Attr.None.NONE, new Type.Quantised(rows.width()));
        List<Node> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, quantised);
        return Optional.of(graph.node(node.op(), inputs, node.attr(), node.type()));
    }
}
