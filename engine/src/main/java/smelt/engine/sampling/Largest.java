package smelt.engine.sampling;

import java.util.Arrays;

/**
 * The largest of some floats, in order: larger first, of equals the lower index first. Order and value are packed in
 * one long, so that comparing is one instruction. Reused; owned by one thread.
 */
final class Largest {
    /** Beyond this a heap costs more than sorting everything. */
    private static final int HEAP_LIMIT = 4096;

    private long[] keys = new long[64];
    private int wanted;
    private int count;

    int count() {
        return count;
    }

    int index(int rank) {
        return ~(int) keys[rank];
    }

    float value(int rank) {
        return floatOf((int) (keys[rank] >> 32));
    }

    /** Selects the {@code k} largest of the first {@code n} values, or all where there are fewer. */
    void select(float[] values, int n, int k) {
        begin(Math.min(k, n));
        offer(values, 0, n);
        finish();
    }

    /** Starts over: the {@code k} largest of all that will be offered are wanted. */
    void begin(int k) {
        wanted = k;
        count = 0;
    }

    /** Whether a value could still be among the largest. */
    boolean wants(float value) {
        return count < wanted || wanted > HEAP_LIMIT || (wanted > 0 && value >= value(0));
    }

    /** Values {@code from} to before {@code to}, whose place in the array is their index; no index comes twice. */
    void offer(float[] values, int from, int to) {
        int heapSize = wanted > HEAP_LIMIT ? Integer.MAX_VALUE : wanted;
        reserve((int) Math.min(heapSize, (long) count + to - from));
        int at = from;
        while (count < heapSize && at < to) {
            keys[count++] = key(values[at], at);
            at++;
            if (count == heapSize) {
                heapify();
            }
        }
        if (at < to && wanted > 0) {
            offerToHeap(values, at, to);
        }
    }

    private void offerToHeap(float[] values, int from, int to) {
        float least = value(0);
        for (int i = from; i < to; i++) {
            if (values[i] >= least) {
                long key = key(values[i], i);
                if (key > keys[0]) {
                    keys[0] = key;
                    siftDown(0, count);
                    least = value(0);
                }
            }
        }
    }

    /** Sorts what was selected. */
    void finish() {
        if (wanted > HEAP_LIMIT) {
            Arrays.sort(keys, 0, count);
            for (int low = 0, high = count - 1; low < high; low++, high--) {
                swap(low, high);
            }
        } else {
            if (count < wanted) {
                heapify();
            }
            for (int last = count - 1; last > 0; last--) {
                swap(0, last);
                siftDown(0, last);
            }
        }
        count = Math.min(count, wanted);
    }

    private void swap(int one, int other) {
        long key = keys[one];
        keys[one] = keys[other];
        keys[other] = key;
    }

    /** The least comes first. */
    private void heapify() {
        for (int i = count / 2 - 1; i >= 0; i--) {
            siftDown(i, count);
        }
    }

    private void siftDown(int from, int size) {
        long moving = keys[from];
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && keys[child + 1] < keys[child]) {
                child++;
            }
            if (keys[child] >= moving) {
                break;
            }
            keys[at] = keys[child];
            at = child;
        }
        keys[at] = moving;
    }

    private void reserve(int n) {
        if (keys.length < n) {
            keys = Arrays.copyOf(keys, Math.max(n, 2 * keys.length));
        }
    }

    private static long key(float value, int index) {
        int bits = Float.floatToRawIntBits(value + 0.0f); // -0 becomes 0: they are equal
        int ordered = bits ^ ((bits >> 31) & 0x7FFF_FFFF);
        return ((long) ordered << 32) | (~index & 0xFFFF_FFFFL);
    }

    private static float floatOf(int ordered) {
        return Float.intBitsToFloat(ordered ^ ((ordered >> 31) & 0x7FFF_FFFF));
    }
}
