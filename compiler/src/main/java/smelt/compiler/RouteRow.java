package smelt.compiler;

import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * ROUTE of one row: softmax over the experts, then the largest ones in turn, ties to the lower number. The result row
 * holds expert numbers (i32), padded to whole vectors, then weights (f32).
 */
final class RouteRow {
    private final KernelBuilder k;
    private final Attr.Experts experts;
    private final Node logits;
    private final Node routes;
    private final Node chances;
    private final int vectors;

    private RouteRow(KernelContext context, Node node, Node row) {
        this.k = context.k;
        this.experts = node.attr(Attr.Experts.class);
        this.logits = context.row(node.input(0), row);
        this.routes = context.row(node, row);
        this.chances = k.add(context.argument(Argument.Scratch.SCRATCH), k.mul(k.thread(), StepProgram.SCRATCH_BYTES));
        this.vectors = (experts.count() + 15) / 16;
    }

    static void write(KernelContext context, Node node, Node row) {
        new RouteRow(context, node, row).write();
    }

    /** Byte offset of the weights in a row of routes. */
    static int weights(Attr.Experts experts) {
        return (experts.used() + 15) / 16 * 64;
    }

    private void write() {
        softmax();
        Node total = k.local(k.real(0));
        k.loop(0, experts.used(), 1, rank -> k.write(total, k.addF(k.read(total), pick(rank))));
        if (experts.renormalise()) {
            k.loop(0, experts.used(), 1, rank -> {
                Node at = k.add(k.add(routes, weights(experts)), k.mul(rank, 4));
                k.store(MemoryKind.ONE_F32, at, k.divF(k.load(MemoryKind.ONE_F32, at), k.read(total)));
            });
        }
    }

    private void softmax() {
        Node tops = k.local(k.real(Float.NEGATIVE_INFINITY));
        k.loop(0, vectors, 1, vector -> k.write(tops, k.maxF(logit(vector), k.read(tops))));
        Node top = k.top(k.read(tops));
        Node sums = k.local(k.real(0));
        k.loop(0, vectors, 1, vector -> {
            Node chance = k.select(real(vector), Functions.exp(k, k.subF(logit(vector), top)), k.real(0));
            k.store(MemoryKind.F32, chance(vector), chance);
            k.write(sums, k.addF(k.read(sums), chance));
        });
        Node sum = k.sum(k.read(sums));
        k.loop(0, vectors, 1, vector -> {
            Node chance = k.divF(k.load(MemoryKind.F32, chance(vector)), sum);
            k.store(MemoryKind.F32, chance(vector), k.select(real(vector), chance, k.real(-1)));
        });
    }

    private Node real(Node vector) {
        return k.lessI(number(vector), k.word(experts.count()));
    }

    private Node number(Node vector) {
        return k.i32(Op.ADD_I32, k.lanes(), k.splat(k.mul(vector, 16)));
    }

    private Node logit(Node vector) {
        Node value = k.load(MemoryKind.F32, k.add(logits, k.mul(vector, 64)));
        return k.select(real(vector), value, k.real(Float.NEGATIVE_INFINITY));
    }

    private Node chance(Node vector) {
        return k.add(chances, k.mul(vector, 64));
    }

    /** Takes the largest remaining chance out, stores its number and weight, and gives the weight. */
    private Node pick(Node rank) {
        Node best = k.local(k.real(-2));
        Node where = k.local(k.real(0));
        k.loop(0, vectors, 1, vector -> {
            Node chance = k.load(MemoryKind.F32, chance(vector));
            Node better = k.lessF(k.read(best), chance);
            k.write(where, k.select(better, k.toF32(number(vector)), k.read(where)));
            k.write(best, k.select(better, chance, k.read(best)));
        });
        Node top = k.top(k.read(best));
        Node minus = k.subF(k.real(0), k.read(where));
        Node lowest = k.top(k.select(k.lessF(k.read(best), top), k.real(-1e9), minus));
        Node number = Functions.round(k, k.subF(k.real(0), lowest)).integer();
        k.store(MemoryKind.ONE_I32, k.add(routes, k.mul(rank, 4)), number);
        k.store(MemoryKind.ONE_F32, k.add(k.add(routes, weights(experts)), k.mul(rank, 4)), top);
        k.store(MemoryKind.ONE_F32, k.add(chances, k.mul(k.first(number), 4)), k.real(-1));
        return top;
    }
}
