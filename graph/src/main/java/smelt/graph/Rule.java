package smelt.graph;

import java.util.Optional;

/** One rewrite: looks at one node whose inputs are rewritten already. */
@FunctionalInterface
public interface Rule {
    /** What {@code node} becomes, or empty where the rule does not fire. */
    Optional<Node> apply(Graph graph, Node node);
}
