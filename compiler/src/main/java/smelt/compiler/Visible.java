package smelt.compiler;

import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.Node;

/** The positions that a row attends to: first to last, both included. */
record Visible(Node first, Node last) {
    static Visible of(KernelContext context, Attr.Attention attention, Node row) {
        KernelBuilder k = context.k;
        Node position = context.entry(StepField.POSITIONS, row);
        Node last = attention.causal() ? position : context.entry(StepField.LAST_POSITIONS, row);
        Node first = attention.window() == 0
                ? k.integer(0)
                : k.max(k.integer(0), k.sub(position, k.integer(attention.window() - 1)));
        return new Visible(first, last);
    }

    Node firstChunk(KernelBuilder k) {
        return k.div(first, CacheLayout.CHUNK_POSITIONS);
    }

    Node endChunk(KernelBuilder k) {
        return k.add(k.div(last, CacheLayout.CHUNK_POSITIONS), 1);
    }
}
