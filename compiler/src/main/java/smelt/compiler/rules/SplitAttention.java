package smelt.compiler.rules;

import java.util.List;
import java.util.Optional;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Rule;

/** ATTENTION(q, k, v) becomes COMBINE(ATTEND(q, KEEP(k, v))). */
public final class SplitAttention implements Rule {
    @Override
    public Optional<Node> apply(Graph graph, Node node) {
        if (node.op() != Op.ATTENTION) {
            return Optional.empty();
        }
        Attr attention = node.attr();
        Node keep = graph.node(
                Op.KEEP,
                List.of(node.input(1), node.input(2)),
                attention,
                node.input(1).type());
        Node attend = graph.node(Op.ATTEND, List.of(node.input(0), keep), attention, node.type());
        return Optional.of(graph.node(Op.COMBINE, List.of(attend), attention, node.type()));
    }
}
