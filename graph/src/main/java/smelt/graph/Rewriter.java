package smelt.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Applies rules from the leaves to the root; on each node the first rule that fires wins, once. */
public final class Rewriter {
    private final Graph graph;
    private final List<Rule> rules;
    private final Map<Node, Node> rewritten = new HashMap<>();

    private Rewriter(Graph graph, List<Rule> rules) {
        this.graph = graph;
        this.rules = rules;
    }

    public static Node rewrite(Graph graph, Node root, List<Rule> rules) {
        return new Rewriter(graph, rules).rewrite(root);
    }

    private Node rewrite(Node node) {
        Node known = rewritten.get(node);
        if (known == null) {
            List<Node> inputs = node.inputs().stream().map(this::rewrite).toList();
            Node rebuilt = graph.node(node.op(), inputs, node.attr(), node.type());
            known = rules.stream()
                    .flatMap(rule -> rule.apply(graph, rebuilt).stream())
                    .findFirst()
                    .orElse(rebuilt);
            rewritten.put(node, known);
        }
        return known;
    }
}
