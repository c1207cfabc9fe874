package smelt.engine;

/** The KV blocks that no sequence holds; the last one given back is the first one taken, its memory is still warm. */
final class BlockPool {
    private final int[] free;
    private int freeCount;

    BlockPool(int blockCount) {
        free = new int[blockCount];
        for (int block = blockCount - 1; block >= 0; block--) {
            free[freeCount++] = block;
        }
    }

    int freeCount() {
        return freeCount;
    }

    int blockCount() {
        return free.length;
    }

    /** {@code count} blocks that are now the caller's; at most {@link #freeCount}. */
    int[] take(int count) {
        int[] taken = new int[count];
        for (int i = 0; i < count; i++) {
            taken[i] = free[--freeCount];
        }
        return taken;
    }

    void giveBack(int[] blocks) {
        for (int i = blocks.length - 1; i >= 0; i--) {
            free[freeCount++] = blocks[i];
        }
    }
}
