package smelt.compiler;

import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/** KEEP of one row: keys and values of some heads as f16 into the KV block of its position. */
final class KeepRow {
    /** The largest finite f16: an infinity in a block would outlive its sequence as NaN in another's sums. */
    private static final double LARGEST_F16 = 65504;

    private KeepRow() {}

    /** For key heads {@code begin} to {@code end}. */
    static void write(KernelContext context, Node node, Node row, Node begin, Node end) {
        KernelBuilder k = context.k;
        Attr.Attention attention = node.attr(Attr.Attention.class);
        CacheLayout layout = context.cache();
        int bytes = layout.elementBytes();
        int width = attention.headWidth();
        Node position = context.entry(StepField.POSITIONS, row);
        Node block = blockAddress(context, layout, row, position);
        Node within = k.rem(position, CacheLayout.BLOCK_POSITIONS);
        Node panel = k.div(within, CacheLayout.PANEL_POSITIONS);
        Node lane = k.rem(within, CacheLayout.PANEL_POSITIONS);
        Node keyAt = k.add(k.mul(panel, (long) CacheLayout.PANEL_POSITIONS * width * bytes), k.mul(lane, bytes));
        Node valueAt = k.add(k.mul(within, (long) width * bytes), layout.valueStart());
        Node keys = context.row(node.input(0), row);
        Node values = context.row(node.input(1), row);
        k.loop(begin, end, 1, head -> {
            Node to = k.add(block, k.mul(head, layout.headBytes()));
            Node from = k.mul(head, width * 4L);
            k.loop(0, width, 1, column -> {
                Node key = k.load(MemoryKind.ONE_F32, k.add(k.add(keys, from), k.mul(column, 4)));
                Node at = k.add(k.add(to, keyAt), k.mul(column, (long) CacheLayout.PANEL_POSITIONS * bytes));
                k.store(layout.one(), at, finite(k, layout, key));
            });
            k.loop(0, width / 16, 1, vector -> {
                Node value = k.load(MemoryKind.F32, k.add(k.add(values, from), k.mul(vector, 64)));
                k.store(
                        layout.element(),
                        k.add(k.add(to, valueAt), k.mul(vector, layout.element().bytes())),
                        finite(k, layout, value));
            });
        });
    }

    /** Address of the KV block that holds {@code position} of the row's sequence. */
    static Node blockAddress(KernelContext context, CacheLayout layout, Node row, Node position) {
        KernelBuilder k = context.k;
        Node start = context.entry(StepField.BLOCKS_START, row);
        Node block = context.entry(StepField.BLOCKS, k.add(start, k.div(position, CacheLayout.BLOCK_POSITIONS)));
        return k.add(context.argument(Argument.Cache.CACHE), k.mul(block, layout.blockBytes()));
    }

    private static Node finite(KernelBuilder k, CacheLayout layout, Node x) {
        double largest = layout.element() == MemoryKind.F16 ? LARGEST_F16 : Float.MAX_VALUE;
        return k.maxF(k.minF(x, k.real(largest)), k.real(-largest));
    }
}
