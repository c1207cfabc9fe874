package smelt.engine.cache;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The KV blocks by number, each in one of three states: free; held by one or more sequences; cached, which is held by
 * none but known to the tree, and taken again, least recently held first, when no block is free.
 */
public final class BlockPool {
    private final PrefixTree tree;
    /** Sequences that hold a block. */
    private final int[] holders;
    /** The last one given back is the first one taken: its memory is still warm. */
    private final int[] free;

    private int freeCount;

    /** The cached blocks as a ring, least recently held first; the entry after the last block is its begin and end. */
    private final int[] before;

    private final int[] after;
    private int cachedCount;

    public BlockPool(int blockCount, PrefixTree tree) {
        this.tree = tree;
        holders = new int[blockCount];
        free = new int[blockCount];
        before = new int[blockCount + 1];
        after = new int[blockCount + 1];
        before[blockCount] = blockCount;
        after[blockCount] = blockCount;
        for (int block = blockCount - 1; block >= 0; block--) {
            free[freeCount++] = block;
        }
    }

    /** Which blocks hold which tokens. */
    PrefixTree tree() {
        return tree;
    }

    public int blockCount() {
        return free.length;
    }

    public int freeCount() {
        return freeCount;
    }

    public int cachedCount() {
        return cachedCount;
    }

    /** Blocks that {@link #take} can give. */
    public int available() {
        return freeCount + cachedCount;
    }

    /** A block that is now the caller's alone; there must be one {@link #available}. */
    public int take() {
        int block = freeCount > 0 ? free[--freeCount] : evict();
        holders[block] = 1;
        return block;
    }

    /**
     * Who holds a block holds all before it, and gives back the last one first; so a block comes into the ring before
     * the one it follows in the tree, and the first of the ring is always a leaf.
     */
    private int evict() {
        int block = after[free.length];
        unlink(block);
        tree.remove(block);
        return block;
    }

    /** One more holder of a block that is held or cached. */
    public void hold(int block) {
        if (holders[block]++ == 0) {
            unlink(block);
        }
    }

    /** One holder less; a sequence gives back its blocks from the last to the first. */
    public void giveBack(int block) {
        if (--holders[block] > 0) {
            return;
        }
        if (tree.contains(block)) {
            append(block);
        } else {
            free[freeCount++] = block;
        }
    }

    /** All blocks that the tree knows: first those that are held, then the cached ones. */
    KnownBlocks known() {
        // what a block follows was added to the tree before it
        IntStream held = IntStream.range(0, free.length)
                .filter(block -> holders[block] > 0 && tree.contains(block))
                .boxed()
                .sorted(Comparator.comparingLong(tree::generation))
                .mapToInt(Integer::intValue);
        IntStream cached =
                IntStream.iterate(before[free.length], block -> block != free.length, block -> before[block]);
        int[] blocks = IntStream.concat(held, cached).toArray();
        return new KnownBlocks(
                blocks, Arrays.stream(blocks).mapToLong(tree::generation).toArray());
    }

    private void append(int block) {
        int end = free.length;
        before[block] = before[end];
        after[block] = end;
        after[before[end]] = block;
        before[end] = block;
        cachedCount++;
    }

    private void unlink(int block) {
        after[before[block]] = after[block];
        before[after[block]] = before[block];
        cachedCount--;
    }
}
