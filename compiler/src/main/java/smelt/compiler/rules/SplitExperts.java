package smelt.compiler.rules;

import java.util.List;
import java.util.Optional;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Rule;
import smelt.graph.Type;

/** EXPERTS(x, logits, gate, up, down) becomes EXPERTS_DOWN(EXPERTS_UP(x, r, gate, up), r, down), r = ROUTE(logits). */
public final class SplitExperts implements Rule {
    @Override
    public Optional<Node> apply(Graph graph, Node node) {
        if (node.op() != Op.EXPERTS) {
            return Optional.empty();
        }
        Attr.Experts experts = node.attr(Attr.Experts.class);
        Node routes = graph.node(Op.ROUTE, List.of(node.input(1)), experts, new Type.Rows(2 * roundUp(experts.used())));
        Node gate = node.input(2);
        Node up = node.input(3);
        int hidden = ((Type.Weight) up.type()).rows();
        Node activated = graph.node(
                Op.EXPERTS_UP,
                List.of(node.input(0), routes, gate, up),
                experts,
                new Type.Rows(experts.used() * hidden));
        return Optional.of(
                graph.node(Op.EXPERTS_DOWN, List.of(activated, routes, node.input(4)), experts, node.type()));
    }

    /** Numbers and weights take whole vectors each. */
    private static int roundUp(int used) {
        return (used + 15) / 16 * 16;
    }
}
