package smelt.compiler.rules;

import java.util.List;
import java.util.Optional;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Rule;

/** In the head, INPUT becomes WANTED(INPUT): logits are computed only where they are asked for. */
public final class TakeWantedRows implements Rule {
    @Override
    public Optional<Node> apply(Graph graph, Node node) {
        return node.op() == Op.INPUT
                ? Optional.of(graph.node(Op.WANTED, List.of(node), Attr.None.NONE, node.type()))
                : Optional.empty();
    }
}
