package smelt.tokenizer;

/** Strings by code point, each with an id. */
final class Trie {
    static final int ROOT = 0;
    static final int NONE = -1;

    private final LongIntMap edges = new LongIntMap(64, NONE);
    private int[] ids = {NONE};
    private int nodes = 1;

    void add(String text, int id) {
        int node = ROOT;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            node = childOrNew(node, text.codePointAt(i));
        }
        ids[node] = id;
    }

    boolean isEmpty() {
        return nodes == 1;
    }

    int child(int node, int codePoint) {
        return edges.get(LongIntMap.pair(node, codePoint));
    }

    /** The id that ends at {@code node}, or NONE. */
    int id(int node) {
        return ids[node];
    }

    private int childOrNew(int node, int codePoint) {
        int child = child(node, codePoint);
        if (child == NONE) {
            child = nodes++;
            edges.put(LongIntMap.pair(node, codePoint), child);
            if (child == ids.length) {
                ids = java.util.Arrays.copyOf(ids, child * 2);
            }
            ids[child] = NONE;
        }
        return child;
    }
}
