package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.List;

/** Sets of code points as sequences of ranges of bytes. */
final class Utf8 {
    private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, Character.MAX_CODE_POINT};
    private static final int LEAST_TAIL = 0x80;
    private static final int MOST_TAIL = 0xBF;

    /** Takes edges of bytes and gives the node that has them. */
    interface Nodes {
        int of(List<ByteGraph.Edge> edges);
    }

    private final Nodes nodes;
    private final int next;

    private Utf8(Nodes nodes, int next) {
        this.nodes = nodes;
        this.next = next;
    }

    /** The edges by which a code point of the set leads to {@code next}; surrogates are left out. */
    static List<ByteGraph.Edge> edges(CharSet set, int next, Nodes nodes) {
        var utf8 = new Utf8(nodes, next);
        List<ByteGraph.Edge> edges = new ArrayList<>();
        CharSet scalars = set.minus(CharSet.of(Character.MIN_SURROGATE, Character.MAX_SURROGATE));
        for (int range = 0; range < scalars.rangeCount(); range++) {
            utf8.add(scalars.first(range), scalars.last(range), edges);
        }
        return edges;
    }

    private void add(int first, int last, List<ByteGraph.Edge> edges) {
        int from = first;
        for (int length = 1; length <= 4 && from <= last; length++) {
            int to = Math.min(last, LAST_OF_LENGTH[length - 1]);
            if (from <= to) {
                add(bytes(from, length), bytes(to, length), 0, edges);
                from = to + 1;
            }
        }
    }

    private static int[] bytes(int codePoint, int length) {
        int[] bytes = new int[length];
        int rest = codePoint;
        for (int i = length - 1; i > 0; i--) {
            bytes[i] = LEAST_TAIL | rest & 0x3F;
            rest >>= 6;
        }
        bytes[0] = length == 1 ? rest : 0xF00 >> length & 0xFF | rest;
        return bytes;
    }

    /** Sequences from {@code low} to {@code high}, which are equal before {@code at}. */
    private void add(int[] low, int[] high, int at, List<ByteGraph.Edge> edges) {
        if (at == low.length - 1) {
            edges.add(new ByteGraph.Edge(low[at], high[at], next));
        } else if (low[at] == high[at]) {
            edges.add(new ByteGraph.Edge(low[at], low[at], node(low, high, at + 1)));
        } else {
            int from = low[at];
            int to = high[at];
            if (!isAll(low, at + 1, LEAST_TAIL)) {
                edges.add(new ByteGraph.Edge(from, from, node(low, filled(low, at + 1, MOST_TAIL), at + 1)));
                from++;
            }
            boolean partOfLast = !isAll(high, at + 1, MOST_TAIL);
            to -= partOfLast ? 1 : 0;
            if (from <= to) {
                int[] least = filled(low, at + 1, LEAST_TAIL);
                edges.add(new ByteGraph.Edge(from, to, node(least, filled(low, at + 1, MOST_TAIL), at + 1)));
            }
            if (partOfLast) {
                edges.add(new ByteGraph.Edge(high[at], high[at], node(filled(high, at + 1, LEAST_TAIL), high, at + 1)));
            }
        }
    }

    private int node(int[] low, int[] high, int at) {
        List<ByteGraph.Edge> edges = new ArrayList<>();
        add(low, high, at, edges);
        return nodes.of(edges);
    }

    private static boolean isAll(int[] bytes, int from, int value) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != value) {
                return false;
            }
        }
        return true;
    }

    private static int[] filled(int[] bytes, int from, int value) {
        int[] all = bytes.clone();
        java.util.Arrays.fill(all, from, all.length, value);
        return all;
    }
}
