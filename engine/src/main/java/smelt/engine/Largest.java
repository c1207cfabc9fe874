package smelt.engine;

import java.util.Arrays;

/**
 * The largest of a row of floats, in order: larger first, of equals the lower index first. Order and value are packed
 * in one long, so that comparing is one instruction. Reused; owned by one thread.
 */
final class Largest {
    /** Beyond this a heap costs more than sorting everything. */
    private static final int HEAP_LIMIT = 4096;

    private long[] keys = new long[64];
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
        count = Math.min(k, n);
        if (count == n || count > HEAP_LIMIT) {
            all(values, n);
        } else if (count > 0) {
            heap(values, n);
        }
    }

    private void all(float[] values, int n) {
        reserve(n);
        for (int i = 0; i < n; i++) {
            keys[i] = key(values[i], i);
        }
        sortDescending(n);
    }

    private void heap(float[] values, int n) {
        reserve(count);
        for (int i = 0; i < count; i++) {
            keys[i] = key(values[i], i);
        }
        for (int i = count / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
        float least = value(0);
        for (int i = count; i < n; i++) {
            // an equal value has a higher index than all in the heap and so is no larger
            if (values[i] > least) {
                keys[0] = key(values[i], i);
                siftDown(0);
                least = value(0);
            }
        }
        sortDescending(count);
    }

    private void siftDown(int from) {
        long moving = keys[from];
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= count) {
                break;
            }
            if (child + 1 < count && keys[child + 1] < keys[child]) {
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

    private void sortDescending(int n) {
        Arrays.sort(keys, 0, n);
        for (int low = 0, high = n - 1; low < high; low++, high--) {
            long key = keys[low];
            keys[low] = keys[high];
            keys[high] = key;
        }
    }

    private void reserve(int n) {
        if (keys.length < n) {
            keys = new long[n];
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
