package smelt.compiler;

import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.Node;

/** COMBINE of one row: where its attention was shared out by chunk, joins the parts; else the row is there already. */
final class CombineRow {
    private CombineRow() {}

    static void write(KernelContext context, Node node, Node row) {
        KernelBuilder k = context.k;
        Attr.Attention attention = node.attr(Attr.Attention.class);
        Part part = new Part(attention.headWidth());
        Node start = context.entry(StepField.PARTS_START, row);
        context.alias(node, node.input(0));
        Node target = context.row(node, row);
        Node parts = context.argument(Argument.Parts.PARTS);
        Node state = context.argument(Argument.Scratch.SCRATCH);
        Node own = k.add(state, k.mul(k.thread(), StepProgram.SCRATCH_BYTES));
        k.when(k.less(k.integer(-1), start), () -> {
            Visible visible = Visible.of(context, attention, row);
            Node first = visible.firstChunk(k);
            Node end = visible.endChunk(k);
            k.loop(0, attention.heads(), 1, head -> {
                Node base = k.add(parts, k.mul(head, part.bytes()));
                long stride = (long) attention.heads() * part.bytes();
                part.copy(k, own, k.add(base, k.mul(k.add(start, first), stride)));
                k.loop(
                        k.add(first, 1),
                        end,
                        1,
                        chunk -> part.join(k, own, k.add(base, k.mul(k.add(start, chunk), stride))));
                part.finish(k, k.add(target, k.mul(head, attention.headWidth() * 4L)), own);
            });
        });
    }
}
