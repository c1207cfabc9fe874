package smelt.compiler;

import java.util.List;
import smelt.graph.Cost;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * Writes a {@link SummaryLayout} of each wanted row. A thread takes about the columns whose products it computed. A sum
 * runs over the chunk's vectors in ascending order, then over the lanes.
 */
final class SummaryKernel {
    private static final int CHUNK_BYTES = SummaryLayout.CHUNK * 4;

    private final KernelContext context;
    private final KernelBuilder k;
    private final Node logits;
    private final SummaryLayout layout;

    private SummaryKernel(KernelContext context, Node logits) {
        this.context = context;
        this.k = context.k;
        this.logits = logits;
        this.layout = new SummaryLayout(logits.width());
    }

    static StepProgram.Call lower(Node logits, MemoryPlan buffers, String name) {
        KernelContext context = new KernelContext(buffers);
        new SummaryKernel(context, logits).run();
        return context.finish(name, new Cost(0, 0, logits.width(), List.of()));
    }

    private void run() {
        Node chunks = k.integer(layout.chunks());
        k.loop(
                k.integer(0),
                context.count(StepField.WANTED_COUNT),
                1,
                row -> k.loop(context.shareBegin(chunks), context.shareEnd(chunks), 1, chunk -> chunk(row, chunk)));
    }

    private void chunk(Node row, Node chunk) {
        Node summary = k.add(context.argument(new Argument.Rows(StepProgram.SUMMARY)), k.mul(row, layout.stride()));
        Node to = k.add(summary, k.mul(chunk, 4));
        Node tops = k.local(k.real(Float.NEGATIVE_INFINITY));
        vectors(chunk, at -> k.write(tops, k.maxF(k.read(tops), number(row, at))));
        Node top = k.top(k.read(tops));
        k.store(MemoryKind.ONE_F32, to, top);
        for (int i = 0; i < SummaryLayout.MASSES; i++) {
            Node at = k.add(k.add(context.step(StepField.SCALES), k.mul(row, SummaryLayout.MASSES * 4L)), i * 4L);
            Node mass = k.add(to, layout.masses(i));
            k.when(k.less(k.integer(0), k.load(MemoryKind.WORD, at)), () -> mass(row, chunk, top, at, mass));
        }
    }

    private void mass(Node row, Node chunk, Node top, Node scaleAt, Node to) {
        Node scale = k.load(MemoryKind.ONE_F32, scaleAt);
        Node sums = k.local(k.real(0));
        vectors(chunk, at -> {
            Node weight = Functions.exp(k, k.mulF(k.subF(load(row, at), top), scale));
            k.write(sums, k.addF(k.read(sums), real(weight, at, 0)));
        });
        k.store(MemoryKind.ONE_F32, to, k.sum(k.read(sums)));
    }

    private interface VectorBody {
        /** {@code at}: byte offset in the row. */
        void accept(Node at);
    }

    private void vectors(Node chunk, VectorBody body) {
        Node begin = k.mul(chunk, CHUNK_BYTES);
        Node end = k.add(begin, CHUNK_BYTES);
        long rowBytes = (layout.width() + 15) / 16 * 64L;
        k.loop(begin, rowBytes % CHUNK_BYTES == 0 ? end : k.min(end, k.integer(rowBytes)), 64, body::accept);
    }

    private Node load(Node row, Node at) {
        return k.load(MemoryKind.F32, k.add(context.row(logits, row), at));
    }

    /** The logits; +Infinity instead of what is not a number, since the largest of numbers may pass over it. */
    private Node number(Node row, Node at) {
        Node infinity = k.real(Float.POSITIVE_INFINITY);
        Node value = load(row, at);
        return real(k.select(k.lessF(value, infinity), value, infinity), at, Float.NEGATIVE_INFINITY);
    }

    /** Lanes beyond the width become {@code other}. */
    private Node real(Node value, Node at, double other) {
        if (layout.width() % 16 == 0) {
            return value;
        }
        Node column = k.i32(Op.ADD_I32, k.lanes(), k.splat(k.div(at, 4)));
        return k.select(k.lessI(column, k.word(layout.width())), value, k.real(other));
    }
}
