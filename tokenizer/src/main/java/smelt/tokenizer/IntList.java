package smelt.tokenizer;

import java.util.Arrays;

/** A growing list of ints without boxing. */
final class IntList {
    private int[] values;
    private int size;

    IntList(int expected) {
        values = new int[Math.max(4, expected)];
    }

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    void addAll(int[] others) {
        for (int value : others) {
            add(value);
        }
    }

    int get(int index) {
        return values[index];
    }

    int size() {
        return size;
    }

    void truncate(int newSize) {
        size = newSize;
    }

    void reverse(int from) {
        for (int i = from, j = size - 1; i < j; i++, j--) {
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
