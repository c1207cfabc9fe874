package smelt.tokenizer;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Non-negative long keys to int values; open addressing, no boxing. Salted, so that no file can aim at collisions. */
final class LongIntMap {
    private static final long EMPTY = -1;
    private static final long SALT = new SplittableRandom().nextLong() | 1;

    private final int absent;
    private long[] keys;
    private int[] values;
    private int size;

    LongIntMap(int expected, int absent) {
        int capacity = Integer.highestOneBit(Math.max(8, expected)) * 4;
        this.absent = absent;
        this.keys = new long[capacity];
        this.values = new int[capacity];
        Arrays.fill(keys, EMPTY);
    }

    static long pair(int first, int second) {
        return (long) first << 32 | second;
    }

    static long mix(long value) {
        long h = (value ^ SALT) * 0x9E3779B97F4A7C15L;
        h = (h ^ h >>> 32) * SALT;
        return h ^ h >>> 29;
    }

    int get(long key) {
        int mask = keys.length - 1;
        for (int i = (int) mix(key) & mask; ; i = i + 1 & mask) {
            if (keys[i] == key) {
                return values[i];
            }
            if (keys[i] == EMPTY) {
                return absent;
            }
        }
    }

    void put(long key, int value) {
        if (size * 2 >= keys.length) {
            grow();
        }
        int mask = keys.length - 1;
        int i = (int) mix(key) & mask;
        while (keys[i] != EMPTY && keys[i] != key) {
            i = i + 1 & mask;
        }
        size += keys[i] == EMPTY ? 1 : 0;
        keys[i] = key;
        values[i] = value;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new int[keys.length];
        Arrays.fill(keys, EMPTY);
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                put(oldKeys[i], oldValues[i]);
            }
        }
    }
}
