package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Characters that a grammar often takes in any order: most tokens are made of them alone, and need not be looked at one
 * by one where any run of such letters fits.
 */
final class Letters {
    /** Letters of a run beyond which nobody asks. */
    static final int MOST = 16;
    /** Of a node of a trie: something else than letters comes below it. */
    static final byte OTHERS = Byte.MAX_VALUE;

    private static final CharSet NOT_ASCII = CharSet.of(0x80, Character.MAX_CODE_POINT);
    private static final CharSet NAMES = CharSet.of('0', '9', 'A', 'Z', 'a', 'z');
    /** Few grammars wait for one of these in free text. */
    private static final CharSet PROSE = NAMES.union(NOT_ASCII).union(CharSet.of(' ', ' ', ',', '.'));

    /** What strings of JSON, names, and free text are made of. */
    static final List<Letters> KINDS = List.of(new Letters(JsonText.PLAIN), new Letters(NAMES), new Letters(PROSE));

    private static final int BYTES = 256;
    private static final int NOWHERE = -1;

    /** The decoder of UTF-8 that takes letters only: its edges by state; state 0 is between letters. */
    private final List<List<ByteGraph.Edge>> edges = new ArrayList<>();

    private Letters(CharSet set) {
        Map<List<ByteGraph.Edge>, Integer> known = new HashMap<>();
        edges.add(List.of());
        edges.set(
                0,
                Utf8.edges(
                        set,
                        0,
                        rest -> known.computeIfAbsent(rest, all -> {
                            edges.add(all);
                            return edges.size() - 1;
                        })));
    }

    /**
     * By node of {@code trie}: letters of the longest rest of a token below the node, if all of these rests are
     * letters; or else {@link #OTHERS}.
     */
    byte[] below(TokenTrie trie) {
        int states = edges.size();
        int[][] next = table();
        int[] parents = parents(trie);
        var longest = new byte[states][trie.size()];
        for (int node = trie.size() - 1; node >= 0; node--) {
            boolean ends = trie.firstToken[node + 1] > trie.firstToken[node];
            for (int state = 0; state < states && parents[node] >= 0; state++) {
                int reached = next[state][trie.bytes[node] & 0xFF];
                int rest = reached == NOWHERE || ends && reached != 0 ? OTHERS : longest[reached][node];
                int all = Math.min(OTHERS, rest + (reached == 0 ? 1 : 0));
                byte[] of = longest[state];
                of[parents[node]] = (byte) Math.max(of[parents[node]], all);
            }
        }
        return longest[0];
    }

    private int[][] table() {
        int[][] next = new int[edges.size()][BYTES];
        for (int state = 0; state < next.length; state++) {
            Arrays.fill(next[state], NOWHERE);
            for (ByteGraph.Edge edge : edges.get(state)) {
                Arrays.fill(next[state], edge.low(), edge.high() + 1, edge.target());
            }
        }
        return next;
    }

    private static int[] parents(TokenTrie trie) {
        int[] parents = new int[trie.size()];
        int[] path = new int[trie.longest + 1];
        path[0] = NOWHERE;
        for (int node = 0; node < parents.length; node++) {
            parents[node] = path[trie.depths[node] - 1];
            path[trie.depths[node]] = node;
        }
        return parents;
    }

    /** The one node to which every letter leads from {@code node}, or -1; others may be reached besides. */
    int target(Network network, Node node) {
        return target(network, node, 0);
    }

    private int target(Network network, Node node, int state) {
        int found = NOWHERE;
        for (ByteGraph.Edge edge : edges.get(state)) {
            int b = edge.low();
            while (b <= edge.high()) {
                int taken = edge(network, node, b, edge.target(), found);
                if (taken == NOWHERE) {
                    return NOWHERE;
                }
                found = reached(network, node.edges[taken + 2], edge.target());
                b = node.edges[taken + 1] + 1;
            }
        }
        return found;
    }

    /** An edge of {@code node} for {@code b} by which the letter leads to {@code wanted}, or anywhere if that is -1. */
    private int edge(Network network, Node node, int b, int state, int wanted) {
        for (int i = 0; i < node.edges.length; i += 3) {
            if (b >= node.edges[i] && b <= node.edges[i + 1]) {
                int reached = reached(network, node.edges[i + 2], state);
                if (reached != NOWHERE && (wanted == NOWHERE || wanted == reached)) {
                    return i;
                }
            }
        }
        return NOWHERE;
    }

    private int reached(Network network, int node, int state) {
        return state == 0 ? node : target(network, network.node(node), state);
    }
}
