package smelt.compiler;

import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/**
 * ROPE of one row: column j of a head becomes x[j] cos[j] + x[partner of j] sin[j], the sign of the sine being in the
 * table. Columns beyond the rotated ones are copied.
 */
final class RopeRow {
    private final KernelContext context;
    private final KernelBuilder k;
    private final Node node;
    private final Attr.Rope rope;
    private final int rotated;

    RopeRow(KernelContext context, Node node) {
        this.context = context;
        this.k = context.k;
        this.node = node;
        this.rope = node.attr(Attr.Rope.class);
        this.rotated = 2 * rope.inverseFrequencies().size();
    }

    void write(Node row) {
        Node position = context.entry(StepField.POSITIONS, row);
        Node table = context.argument(new Argument.RopeTable(rope));
        Node cosines = k.add(table, k.mul(position, 2L * rotated * 4));
        Node source = context.row(node.input(0), row);
        Node target = context.row(node, row);
        k.loop(0, node.width() / rope.headWidth(), 1, head -> {
            Node from = k.add(source, k.mul(head, rope.headWidth() * 4L));
            Node to = k.add(target, k.mul(head, rope.headWidth() * 4L));
            head(from, to, cosines);
        });
    }

    private void head(Node from, Node to, Node cosines) {
        boolean adjacent = rope.pairing() == Attr.Rope.Pairing.ADJACENT;
        int half = rotated / 2;
        if (adjacent && rotated % 16 == 0) {
            vectors(MemoryKind.F32, from, to, cosines, 0, rotated, 0, 16);
        } else if (!adjacent && half % 16 == 0) {
            vectors(MemoryKind.F32, from, to, cosines, 0, half, half, 16);
            vectors(MemoryKind.F32, from, to, cosines, half, rotated, -half, 16);
        } else {
            columns(from, to, cosines, adjacent, half);
        }
        if (rotated < rope.headWidth()) {
            k.loop(
                    rotated * 4L,
                    rope.headWidth() * 4L,
                    4,
                    at -> k.store(MemoryKind.ONE_F32, k.add(to, at), k.load(MemoryKind.ONE_F32, k.add(from, at))));
        }
    }

    /** Columns begin to end whose partner lies {@code distance} further, or, at 0, next door in the same vector. */
    private void vectors(
            MemoryKind kind, Node from, Node to, Node cosines, int begin, int end, int distance, int step) {
        k.loop(begin * 4L, end * 4L, step * 4L, at -> pair(kind, from, to, cosines, at, distance));
    }

    /** The same one column at a time, where vectors would cross. */
    private void columns(Node from, Node to, Node cosines, boolean adjacent, int half) {
        if (adjacent) {
            strided(from, to, cosines, 0, 1);
            strided(from, to, cosines, 1, -1);
        } else {
            vectors(MemoryKind.ONE_F32, from, to, cosines, 0, half, half, 1);
            vectors(MemoryKind.ONE_F32, from, to, cosines, half, rotated, -half, 1);
        }
    }

    /** Every second column from {@code begin}. */
    private void strided(Node from, Node to, Node cosines, int begin, int distance) {
        k.loop(begin * 4L, rotated * 4L, 8, at -> pair(MemoryKind.ONE_F32, from, to, cosines, at, distance));
    }

    private void pair(MemoryKind kind, Node from, Node to, Node cosines, Node at, int distance) {
        Node x = k.load(kind, k.add(from, at));
        Node partner = distance == 0 ? k.swap(x) : k.load(kind, k.add(k.add(from, at), distance * 4L));
        Node cosine = k.load(kind, k.add(cosines, at));
        Node sine = k.load(kind, k.add(k.add(cosines, at), rotated * 4L));
        k.store(kind, k.add(to, at), k.fma(x, cosine, k.mulF(partner, sine)));
    }
}
