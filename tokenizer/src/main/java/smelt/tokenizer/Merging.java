package smelt.tokenizer;

import java.util.Arrays;

/**
 * Symbols of one word, of which the best-ranked neighbours are joined until none can be: lowest rank first, then
 * leftmost. A linked list and a heap: n symbols take O(n log n).
 */
final class Merging {
    static final int NONE = -1;
    /** Children of a node of the heap: flatter than two, for fewer cache misses on long words. */
    private static final int WAYS = 4;

    static final long NO_PAIR = -1;

    /** Which neighbours may be joined: rank in the upper half, id of the product in the lower; or NO_PAIR. */
    interface Pairs {
        long find(Merging symbols, int left, int right);
    }

    private int[] ids = new int[32];
    private int[] starts = new int[33];
    private int[] previous = new int[32];
    private int[] next = new int[32];
    /** Of the symbol and its right neighbour as they are now. */
    private long[] pair = new long[32];

    private long[] heap = new long[32];
    private int heapSize;
    private int size;

    void clear() {
        size = 0;
        heapSize = 0;
    }

    /** Appends a symbol that begins where the one before ends; {@code end} is where it ends in the word. */
    void add(int id, int start, int end) {
        if (size == ids.length) {
            grow();
        }
        ids[size] = id;
        starts[size] = start;
        starts[size + 1] = end;
        size++;
    }

    int id(int symbol) {
        return ids[symbol];
    }

    int start(int symbol) {
        return starts[symbol];
    }

    int end(int symbol) {
        return next[symbol] == NONE ? starts[size] : starts[next[symbol]];
    }

    /** The first symbol, or NONE. */
    int first() {
        return size == 0 ? NONE : 0;
    }

    int next(int symbol) {
        return next[symbol];
    }

    void run(Pairs pairs) {
        for (int i = 0; i < size; i++) {
            previous[i] = i - 1;
            next[i] = i + 1 < size ? i + 1 : NONE;
        }
        for (int i = 0; i < size; i++) {
            look(pairs, i);
        }
        while (heapSize > 0) {
            long best = pop();
            int left = (int) best;
            if (pair[left] != NO_PAIR && pair[left] >>> 32 == best >>> 32) {
                join(pairs, left);
            }
        }
    }

    private void join(Pairs pairs, int left) {
        int right = next[left];
        ids[left] = (int) pair[left];
        next[left] = next[right];
        if (next[right] != NONE) {
            previous[next[right]] = left;
        }
        pair[right] = NO_PAIR;
        look(pairs, left);
        if (previous[left] != NONE) {
            look(pairs, previous[left]);
        }
    }

    private void look(Pairs pairs, int left) {
        int right = next[left];
        pair[left] = right == NONE ? NO_PAIR : pairs.find(this, left, right);
        if (pair[left] != NO_PAIR) {
            push(pair[left] >>> 32 << 32 | left);
        }
    }

    private void grow() {
        int capacity = size * 2;
        ids = Arrays.copyOf(ids, capacity);
        starts = Arrays.copyOf(starts, capacity + 1);
        previous = Arrays.copyOf(previous, capacity);
        next = Arrays.copyOf(next, capacity);
        pair = Arrays.copyOf(pair, capacity);
    }

    private void push(long value) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        int at = heapSize++;
        while (at > 0 && heap[(at - 1) / WAYS] > value) {
            heap[at] = heap[(at - 1) / WAYS];
            at = (at - 1) / WAYS;
        }
        heap[at] = value;
    }

    private long pop() {
        long least = heap[0];
        long last = heap[--heapSize];
        int at = 0;
        for (int child = leastChild(0); child < heapSize && heap[child] < last; child = leastChild(at)) {
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return least;
    }

    /** The size of the heap where there is none. */
    private int leastChild(int at) {
        int least = Math.min(at * WAYS + 1, heapSize);
        int end = Math.min(least + WAYS, heapSize);
        for (int child = least + 1; child < end; child++) {
            least = heap[child] < heap[least] ? child : least;
        }
        return least;
    }
}
