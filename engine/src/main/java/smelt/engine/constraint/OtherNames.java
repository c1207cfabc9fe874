package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of members that are none of some names. They are written without escapes, so that no name can be written in two
 * ways.
 */
final class OtherNames {
    private final ByteGraph graph = new ByteGraph();
    private final Map<List<ByteGraph.Edge>, Integer> equals = new HashMap<>();
    /** By node: the characters that lead on to names. */
    private final Map<Integer, Map<Integer, Integer>> children = new HashMap<>();

    private final List<Integer> inside = new ArrayList<>();

    private OtherNames() {}

    /** The name between its quotes. */
    static Expr than(Collection<String> names) {
        var others = new OtherNames();
        int start = others.addInside();
        int end = others.graph.addNode();
        int free = others.graph.addNode();
        others.graph.setExit(end, 0);
        List<Integer> taken = names.stream()
                .filter(name -> name.codePoints().allMatch(JsonText.PLAIN::contains))
                .map(name -> others.path(start, name))
                .toList();
        others.addEdges(free, CharSet.NONE, free, end);
        for (int node : others.inside) {
            Map<Integer, Integer> next = others.children.getOrDefault(node, Map.of());
            CharSet named = next.keySet().stream().map(CharSet::only).reduce(CharSet.NONE, CharSet::union);
            others.addEdges(node, named, free, taken.contains(node) ? -1 : end);
            next.forEach((c, child) -> others.add(node, CharSet.only(c), child));
        }
        Expr rest = new Expr.Graph(others.graph, List.of(Expr.EMPTY));
        return Expr.sequence(Expr.text("\""), rest);
    }

    private int addInside() {
        int node = graph.addNode();
        inside.add(node);
        return node;
    }

    private int path(int start, String name) {
        int node = start;
        for (int c : name.codePoints().toArray()) {
            Map<Integer, Integer> next = children.computeIfAbsent(node, unused -> new HashMap<>());
            Integer known = next.get(c);
            int child = known == null ? addInside() : known;
            next.put(c, child);
            node = child;
        }
        return node;
    }

    /** All characters but those lead to {@code free}, the quote to {@code end}, where that is not -1. */
    private void addEdges(int node, CharSet named, int free, int end) {
        add(node, JsonText.PLAIN.minus(named), free);
        if (end >= 0) {
            graph.addEdge(node, '"', '"', end);
        }
    }

    private void add(int node, CharSet set, int target) {
        Utf8.edges(set, target, this::node)
                .forEach(edge -> graph.addEdge(node, edge.low(), edge.high(), edge.target()));
    }

    private int node(List<ByteGraph.Edge> edges) {
        return equals.computeIfAbsent(edges, all -> {
            int node = graph.addNode();
            all.forEach(edge -> graph.addEdge(node, edge.low(), edge.high(), edge.target()));
            return node;
        });
    }
}
