package smelt.compiler;

import org.jspecify.annotations.Nullable;
import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/** KEEP of one row: keys and values of some heads into the KV block of its position. */
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
            Node scaleAt = k.add(k.add(to, layout.scaleStart()), k.mul(within, 2));
            Kept key = Kept.of(k, layout, k.add(keys, from), scaleAt);
            k.loop(0, width, 1, column -> {
                Node x = k.load(MemoryKind.ONE_F32, k.add(k.add(keys, from), k.mul(column, 4)));
                Node at = k.add(k.add(to, keyAt), k.mul(column, (long) CacheLayout.PANEL_POSITIONS * bytes));
                k.store(layout.one(), at, key.of(x));
            });
            Kept value = Kept.of(k, layout, k.add(values, from), k.add(scaleAt, layout.scaleBytes()));
            k.loop(0, width / 16, 1, vector -> {
                Node x = k.load(MemoryKind.F32, k.add(k.add(values, from), k.mul(vector, 64)));
                Node at =
                        k.add(k.add(to, valueAt), k.mul(vector, layout.element().bytes()));
                k.store(layout.scaled() ? MemoryKind.U8 : layout.element(), at, value.of(x));
            });
        });
    }

    /**
     * How numbers of one key or value are kept: as they are, but finite, or in units of {@code 1 / inverse}.
     *
     * @param inverse null for numbers that are kept as they are
     */
    private record Kept(
            KernelBuilder k, CacheLayout layout, @Nullable Node inverse) {
        /** Of those at {@code from}; stores their scale, the largest magnitude / 127 as f16, where they have one. */
        static Kept of(KernelBuilder k, CacheLayout layout, Node from, Node scaleAt) {
            if (!layout.scaled()) {
                return new Kept(k, layout, null);
            }
            Node largest = k.local(k.real(0));
            k.loop(0, layout.headWidth() * 4L, 64, at -> {
                Node x = k.load(MemoryKind.F32, k.add(from, at));
                k.write(largest, k.maxF(k.abs(finite(k, layout, x)), k.read(largest)));
            });
            k.store(MemoryKind.ONE_F16, scaleAt, k.divF(k.top(k.read(largest)), k.real(127)));
            // as it was rounded: the codes must fit what is read
            Node scale = k.load(MemoryKind.ONE_F16, scaleAt);
            Node inverse = k.select(k.lessF(k.real(0), scale), k.divF(k.real(1), scale), k.real(0));
            return new Kept(k, layout, inverse);
        }

        Node of(Node x) {
            Node number = finite(k, layout, x);
            Node factor = inverse;
            if (factor == null) {
                return number;
            }
            Node scaled = k.mulF(number, factor);
            return Functions.round(k, k.minF(k.maxF(scaled, k.real(-127)), k.real(127)))
                    .integer();
        }
    }

    /** Address of the KV block that holds {@code position} of the row's sequence. */
    static Node blockAddress(KernelContext context, CacheLayout layout, Node row, Node position) {
        KernelBuilder k = context.k;
        Node start = context.entry(StepField.BLOCKS_START, row);
        Node block = context.entry(StepField.BLOCKS, k.add(start, k.div(position, CacheLayout.BLOCK_POSITIONS)));
        return k.add(context.argument(Argument.Cache.CACHE), k.mul(block, layout.blockBytes()));
    }

    private static Node finite(KernelBuilder k, CacheLayout layout, Node x) {
        double largest = layout.element() == MemoryKind.F32 ? Float.MAX_VALUE : LARGEST_F16;
        return k.maxF(k.minF(x, k.real(largest)), k.real(-largest));
    }
}
