package smelt.compiler;

import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * The integer dots of 16 rows with a panel by matrix instructions, block after block through a thread's own memory. A
 * run is all blocks of one panel with one tile of rows. Blocks are started {@link #ahead} of the one that is scaled,
 * across the ends of runs too, each with registers and a slot of memory of its own: from start to sums one block takes
 * four times as long as the processor needs for each of many.
 */
final class MatrixDots {
    /** Blocks in one turn of the loop, so that registers alternate. */
    static final int UNROLLED = 4;

    private static final int TILE_BYTES = Tiling.MATRIX_ROWS * PanelCodes.VECTOR_BYTES;

    /** High and low codes of two groups, and more than a page, lest a load looks like the store to another slot. */
    private static final int SLOT_BYTES = 5 * TILE_BYTES;

    private static final int SLOTS = 4;

    private final KernelBuilder k;
    private final PanelLayout layout;
    private final Node unpacked;
    private final Node slots;

    /**
     * @param unpacked what {@link PanelCodes#unpack} wrote, signed
     * @param slots {@link #slotBytes} of memory
     */
    MatrixDots(KernelBuilder k, PanelLayout layout, Node unpacked, Node slots) {
        this.k = k;
        this.layout = layout;
        this.unpacked = unpacked;
        this.slots = slots;
    }

    /** Bytes of all slots. */
    static long slotBytes() {
        return (long) SLOTS * SLOT_BYTES;
    }

    /** How many blocks of a run are started before its first is scaled. */
    int ahead() {
        return Math.min(2, layout.blocks());
    }

    /**
     * Computes the dots of {@code block} with the rows, or with those that follow the first one.
     *
     * @param turn its place in the order of starts: neighbours take different registers
     */
    void start(Node run, Node block, int turn, ActivationRows rows) {
        int vectors = PanelCodes.VECTORS / layout.groupsPerBlock();
        int accumulator = turn * layout.groupsPerBlock() * planes(rows.wide());
        for (int group = 0; group < layout.groupsPerBlock(); group++) {
            Node codes = PanelCodes.unpackedVector(k, unpacked, block, group * vectors);
            long at = 4L * group * vectors;
            Node to = slot(run, block, group, rows.wide());
            Node high = k.add(rows.codes(k, 0, block), at);
            k.tileDot(to, high, codes, rows.stride(), vectors, accumulator++);
            if (rows.wide()) {
                Node low = k.add(rows.lowCodes(k, 0, block), at);
                k.tileDot(k.add(to, TILE_BYTES), low, codes, rows.stride(), vectors, accumulator++);
            }
        }
    }

    /** The dots of one row of a tile, in units of its lowest codes. */
    Node read(Node run, Node block, int group, int row, boolean wide) {
        Node at = k.add(slot(run, block, group, wide), (long) row * PanelCodes.VECTOR_BYTES);
        Node dots = k.load(MemoryKind.I32, at);
        if (!wide) {
            return dots;
        }
        Node high = k.i32(Op.SHL_I32, dots, k.word(8));
        return k.i32(Op.ADD_I32, high, k.load(MemoryKind.I32, k.add(at, TILE_BYTES)));
    }

    private static int planes(boolean wide) {
        return wide ? 2 : 1;
    }

    private Node slot(Node run, Node block, int group, boolean wide) {
        Node number = k.rem(k.add(k.mul(run, layout.blocks()), block), SLOTS);
        return k.add(k.add(slots, k.mul(number, SLOT_BYTES)), (long) group * planes(wide) * TILE_BYTES);
    }
}
