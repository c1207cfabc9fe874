package smelt.compiler;

import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/**
 * Attention over a run of positions, in memory: the weighted sum of values, not yet divided, then a vector of the
 * largest score, then a vector of the sum of weights. Joining is not associative to the bit, so parts are always joined
 * one chunk at a time in order of position.
 */
record Part(int headWidth) {
    int bytes() {
        return (headWidth + 32) * 4;
    }

    Node top(KernelBuilder k, Node part) {
        return k.add(part, headWidth * 4L);
    }

    Node sum(KernelBuilder k, Node part) {
        return k.add(part, headWidth * 4L + 64);
    }

    void copy(KernelBuilder k, Node to, Node from) {
        k.loop(0, bytes(), 64, at -> k.store(MemoryKind.F32, k.add(to, at), k.load(MemoryKind.F32, k.add(from, at))));
    }

    /** {@code state} becomes the part of its own positions and of {@code next}'s, which follow them. */
    void join(KernelBuilder k, Node state, Node next) {
        Node oldTop = k.load(MemoryKind.F32, top(k, state));
        Node nextTop = k.load(MemoryKind.F32, top(k, next));
        Node newTop = k.maxF(oldTop, nextTop);
        Node keep = Functions.exp(k, k.subF(oldTop, newTop));
        Node take = Functions.exp(k, k.subF(nextTop, newTop));
        k.store(MemoryKind.F32, top(k, state), newTop);
        join(k, sum(k, state), sum(k, next), keep, take);
        k.loop(0, headWidth * 4L, 64, at -> join(k, k.add(state, at), k.add(next, at), keep, take));
    }

    private static void join(KernelBuilder k, Node to, Node from, Node keep, Node take) {
        Node taken = k.mulF(k.load(MemoryKind.F32, from), take);
        k.store(MemoryKind.F32, to, k.fma(k.load(MemoryKind.F32, to), keep, taken));
    }

    /** Writes the weighted mean of values to {@code to}. */
    void finish(KernelBuilder k, Node to, Node state) {
        Node sum = k.load(MemoryKind.F32, sum(k, state));
        k.loop(
                0,
                headWidth * 4L,
                64,
                at -> k.store(MemoryKind.F32, k.add(to, at), k.divF(k.load(MemoryKind.F32, k.add(state, at)), sum)));
    }
}
