package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * A small automaton over bytes as data: nodes with edges for ranges of bytes, some of which are exits. Node 0 is the
 * start. Filled, then not changed any more.
 */
final class ByteGraph {
    static final int NO_EXIT = -1;

    private final List<List<Edge>> edges = new ArrayList<>();
    private final List<List<TokenEdge>> tokens = new ArrayList<>();
    private final List<Integer> exits = new ArrayList<>();

    /** Bytes from {@code low} to {@code high}, both included. */
    record Edge(int low, int high, int target) {}

    /** A control token. */
    record TokenEdge(int token, int target) {}

    int size() {
        return edges.size();
    }

    int addNode() {
        if (edges.size() >= Limits.NODES) {
            throw Limits.tooLarge();
        }
        edges.add(new ArrayList<>());
        tokens.add(new ArrayList<>());
        exits.add(NO_EXIT);
        return edges.size() - 1;
    }

    void addEdge(int from, int low, int high, int to) {
        edges.get(from).add(new Edge(low, high, to));
    }

    void addToken(int from, int token, int to) {
        tokens.get(from).add(new TokenEdge(token, to));
    }

    /** Text may end at {@code node}; {@code number} tells which of the expressions behind the graph follows. */
    void setExit(int node, int number) {
        exits.set(node, number);
    }

    List<Edge> edges(int node) {
        return edges.get(node);
    }

    List<TokenEdge> tokens(int node) {
        return tokens.get(node);
    }

    int exit(int node) {
        return exits.get(node);
    }

    /** The same, but not leaving where it begins. */
    ByteGraph withoutFirstExit() {
        var copy = new ByteGraph();
        int start = copy.addNode();
        copy.addEdges(this, 0, start);
        for (int node = 0; node < size(); node++) {
            int same = copy.addNode();
            copy.setExit(same, exit(node));
            copy.addEdges(this, node, same);
        }
        return copy;
    }

    /** As those of {@code other}, whose nodes have numbers less by one. */
    private void addEdges(ByteGraph other, int from, int to) {
        for (Edge edge : other.edges(from)) {
            addEdge(to, edge.low, edge.high, edge.target + 1);
        }
        for (TokenEdge edge : other.tokens(from)) {
            addToken(to, edge.token, edge.target + 1);
        }
    }
}
