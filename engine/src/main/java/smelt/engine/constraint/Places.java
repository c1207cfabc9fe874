package smelt.engine.constraint;

import java.util.Arrays;

/** A set of places that grows while it is run through: nodes with the frames of their stacks. Reused. */
final class Places {
    private int[] nodes = new int[16];
    private Frame[] stacks = new Frame[16];
    private int count;
    /** Indices of places by hash, plus one. */
    private int[] table = new int[64];

    void clear() {
        count = 0;
        Arrays.fill(table, 0);
    }

    int count() {
        return count;
    }

    int node(int i) {
        return nodes[i];
    }

    Frame stack(int i) {
        return stacks[i];
    }

    void add(int node, Frame stack) {
        int mask = table.length - 1;
        int at = hash(node, stack) & mask;
        while (table[at] != 0) {
            int i = table[at] - 1;
            if (nodes[i] == node && stacks[i] == stack) {
                return;
            }
            at = at + 1 & mask;
        }
        if (count == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * count);
            stacks = Arrays.copyOf(stacks, 2 * count);
        }
        nodes[count] = node;
        stacks[count] = stack;
        table[at] = ++count;
        if (2 * count > table.length) {
            rehash();
        }
    }

    private void rehash() {
        table = new int[2 * table.length];
        int mask = table.length - 1;
        for (int i = 0; i < count; i++) {
            int at = hash(nodes[i], stacks[i]) & mask;
            while (table[at] != 0) {
                at = at + 1 & mask;
            }
            table[at] = i + 1;
        }
    }

    private static int hash(int node, Frame stack) {
        int mixed = (node * 31 + (int) stack.serial) * 0x9E37_79B9;
        return mixed ^ mixed >>> 15;
    }
}
