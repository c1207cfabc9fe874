package smelt.compiler;

import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * The integer dots of 16 rows with a panel by matrix instructions, block after block through a thread's own memory: two
 * slots, so that one block's dots are on their way while those of the block before are scaled. A run is all blocks of
 * one panel with one tile of rows; the first block of a run follows the last of the run before.
 */
final class MatrixDots {
    private static final int TILE_BYTES = Tiling.MATRIX_ROWS * PanelCodes.VECTOR_BYTES;

    /** High and low codes of two groups, and half a page, lest a load looks like the store to the other slot. */
    private static final int SLOT_BYTES = 4 * TILE_BYTES + 2048;

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

    /** Bytes of both slots. */
    static long slotBytes() {
        return 2L * SLOT_BYTES;
    }

    /** Computes the dots of {@code block} with the rows, or with those that follow the first one. */
    void start(Node run, Node block, ActivationRows rows) {
        int vectors = PanelCodes.VECTORS / layout.groupsPerBlock();
        for (int group = 0; group < layout.groupsPerBlock(); group++) {
            Node codes = PanelCodes.unpackedVector(k, unpacked, block, group * vectors);
            long at = 4L * group * vectors;
            Node to = slot(run, block, group);
            k.tileDot(to, k.add(rows.codes(k, 0, block), at), codes, rows.stride(), vectors);
            if (rows.wide()) {
                k.tileDot(k.add(to, TILE_BYTES), k.add(rows.lowCodes(k, 0, block), at), codes, rows.stride(), vectors);
            }
        }
    }

    /** The dots of one row of a tile, in units of its lowest codes. */
    Node read(Node run, Node block, int group, int row, boolean wide) {
        Node at = k.add(slot(run, block, group), (long) row * PanelCodes.VECTOR_BYTES);
        Node dots = k.load(MemoryKind.I32, at);
        if (!wide) {
            return dots;
        }
        Node high = k.i32(Op.SHL_I32, dots, k.word(8));
        return k.i32(Op.ADD_I32, high, k.load(MemoryKind.I32, k.add(at, TILE_BYTES)));
    }

    private Node slot(Node run, Node block, int group) {
        Node parity = k.rem(k.add(k.mul(run, layout.blocks()), block), 2);
        return k.add(k.add(slots, k.mul(parity, SLOT_BYTES)), 2L * group * TILE_BYTES);
    }
}
