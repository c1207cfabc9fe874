package smelt.engine.cache;

import java.util.Arrays;

/**
 * Which KV blocks hold the keys and values of which tokens. A radix tree whose edges are whole blocks: a node is a
 * block, and is found by the node before it and its own token ids, compared one by one; a hash only shortens the
 * search. Nodes are numbers of blocks, so that neither search nor growth allocates.
 */
public final class PrefixTree {
    /** The parent of the first blocks. */
    public static final int ROOT = -1;
    /** No such block. */
    public static final int NONE = -2;

    private final int blockPositions;
    private final int[] tokens;
    private final int[] parents;
    /** First node of each bucket, and the next one in the same bucket. */
    private final int[] first;

    private final int[] next;
    /** Which addition to the tree each node was. */
    private final long[] generations;

    private long additions;

    public PrefixTree(int blockCount, int blockPositions) {
        this.blockPositions = blockPositions;
        tokens = new int[Math.multiplyExact(blockCount, blockPositions)];
        parents = new int[blockCount];
        next = new int[blockCount];
        generations = new long[blockCount];
        first = new int[Integer.highestOneBit(Math.max(1, blockCount)) * 2];
        Arrays.fill(parents, NONE);
        Arrays.fill(first, NONE);
    }

    boolean contains(int block) {
        return parents[block] != NONE;
    }

    int parent(int block) {
        return parents[block];
    }

    /** Differs where a block was taken out and added again. */
    long generation(int block) {
        return generations[block];
    }

    void copyTokens(int block, SnapshotBatch batch, int index) {
        batch.setTokens(index, tokens, block * blockPositions);
    }

    /** The block after {@code parent} that holds {@code source[from .. from + blockPositions)}, or {@link #NONE}. */
    public int child(int parent, int[] source, int from) {
        int block = first[bucket(parent, source, from)];
        while (block != NONE && !isChild(block, parent, source, from)) {
            block = next[block];
        }
        return block;
    }

    private boolean isChild(int block, int parent, int[] source, int from) {
        int own = block * blockPositions;
        return parents[block] == parent
                && Arrays.equals(tokens, own, own + blockPositions, source, from, from + blockPositions);
    }

    /** Makes {@code block}, which is in no tree, the child that {@link #child} did not find. */
    public void add(int block, int parent, int[] source, int from) {
        System.arraycopy(source, from, tokens, block * blockPositions, blockPositions);
        parents[block] = parent;
        generations[block] = additions++;
        int bucket = bucket(parent, source, from);
        next[block] = first[bucket];
        first[bucket] = block;
    }

    /** Takes out a leaf. */
    void remove(int block) {
        int bucket = bucket(parents[block], tokens, block * blockPositions);
        if (first[bucket] == block) {
            first[bucket] = next[block];
        } else {
            int previous = first[bucket];
            while (next[previous] != block) {
                previous = next[previous];
            }
            next[previous] = next[block];
        }
        parents[block] = NONE;
    }

    private int bucket(int parent, int[] source, int from) {
        int hash = parent;
        for (int i = 0; i < blockPositions; i++) {
            hash = (hash ^ source[from + i]) * 0x9E37_79B1;
            hash ^= hash >>> 15;
        }
        return hash & (first.length - 1);
    }
}
