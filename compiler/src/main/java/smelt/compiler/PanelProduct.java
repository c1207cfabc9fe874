package smelt.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * The product of one panel of 16 output columns with a few rows of activations. Lane = output column. Quantised: per
 * block of 32 (or 16) columns an exact integer dot, then one fma with the product of scales, blocks in ascending order;
 * offsets follow with an fma of their own. Floats: one fma per column, in order. No sum ever crosses lanes or threads,
 * so tiles, threads and batches cannot change a bit.
 */
final class PanelProduct {
    /** With more rows arithmetic takes longer than reading. */
    private static final int MEMORY_BOUND_ROWS = 4;

    /**
     * Blocks of a turn where 8 share a unit: types of few bits read a little faster (2 bits: 84 to 88% of Q8_0's rate);
     * more blocks gain nothing.
     */
    private static final int UNROLLED = 2;

    private final KernelBuilder k;
    private final PanelLayout layout;
    private final PackedType type;
    private final Node panel;
    private final ActivationRows rows;
    private final @Nullable Node unpacked;
    private final List<Node> sums = new ArrayList<>();

    private PanelProduct(
            KernelBuilder k, PanelLayout layout, Node panel, ActivationRows rows, @Nullable Node unpacked) {
        this.k = k;
        this.layout = layout;
        this.type = layout.type();
        this.panel = panel;
        this.rows = rows;
        this.unpacked = unpacked;
        for (int i = 0; i < rows.count(); i++) {
            sums.add(k.local(k.real(0)));
        }
    }

    /** 16 output columns for each of {@code rows}; {@code panel} is the panel's address. */
    static List<Node> of(KernelBuilder k, PanelLayout layout, Node panel, ActivationRows rows) {
        PanelProduct product = new PanelProduct(k, layout, panel, rows, null);
        if (layout.type().isFloat()) {
            product.floats();
        } else {
            product.forBlocks();
        }
        return product.result();
    }

    /** The same of codes that {@link PanelCodes#unpack} has written. */
    static List<Node> ofUnpacked(KernelBuilder k, PanelLayout layout, Node panel, ActivationRows rows, Node unpacked) {
        PanelProduct product = new PanelProduct(k, layout, panel, rows, unpacked);
        product.forBlocks();
        return product.result();
    }

    /**
     * The same by matrix instructions, for {@link Tiling#MATRIX_ROWS} consecutive rows.
     *
     * @param dots whose first blocks were started, as many as {@link MatrixDots#ahead} says
     * @param next starts a block of the run that follows
     */
    static List<Node> ofMatrix(
            KernelBuilder k,
            PanelLayout layout,
            Node panel,
            ActivationRows rows,
            MatrixDots dots,
            Node run,
            Next next) {
        PanelProduct product = new PanelProduct(k, layout, panel, rows, null);
        // pinned: the steps of a turn stay apart, else LLVM multiplies ahead for all of them and runs out of registers
        Node blocks = k.pin(k.integer(layout.blocks()));
        k.loop(k.integer(0), blocks, MatrixDots.UNROLLED, first -> {
            for (int i = 0; i < MatrixDots.UNROLLED; i++) {
                Node block = k.add(first, i);
                Node ahead = k.add(block, dots.ahead());
                int turn = i + dots.ahead();
                k.when(k.less(block, blocks), () -> {
                    Runnable within = () -> dots.start(run, ahead, turn, rows);
                    k.when(k.less(ahead, blocks), within, () -> next.start(k.sub(ahead, blocks), turn));
                    PanelCodes.prefetchNext(k, layout, panel, block);
                    product.addScaled(dots, run, block);
                });
            }
        });
        return product.result();
    }

    /** Starts a block of a run; {@code turn} as {@link MatrixDots#start} takes it. */
    interface Next {
        void start(Node block, int turn);
    }

    private void addScaled(MatrixDots dots, Node run, Node block) {
        for (int group = 0; group < layout.groupsPerBlock(); group++) {
            int number = group;
            addScaled(block, group, row -> dots.read(run, block, number, row, rows.wide()));
        }
    }

    private List<Node> result() {
        return sums.stream().map(k::read).toList();
    }

    private void floats() {
        int bytes = type.plain().bytes();
        k.loop(0, layout.columns(), 1, column -> {
            Node weight = k.load(type.plain(), k.add(panel, k.mul(column, bytes)));
            for (int i = 0; i < rows.count(); i++) {
                Node x = k.load(MemoryKind.ONE_F32, rows.column(k, i, column));
                k.write(sums.get(i), k.fma(weight, x, k.read(sums.get(i))));
            }
        });
    }

    private void forBlocks() {
        int unrolled = layout.spanBlocks() > 1 ? UNROLLED : 1;
        k.loop(k.integer(0), k.integer(layout.blocks()), unrolled, first -> {
            for (int i = 0; i < unrolled; i++) {
                addBlock(i == 0 ? first : k.add(first, i));
            }
        });
    }

    private void addBlock(Node block) {
        if (rows.count() <= MEMORY_BOUND_ROWS) {
            PanelCodes.prefetch(k, layout, panel, block);
        }
        if (unpacked != null) {
            PanelCodes.prefetchNext(k, layout, panel, block);
        }
        Codes codes = codes(block);
        for (int group = 0; group < layout.groupsPerBlock(); group++) {
            List<Node> dots = dots(block, group, codes);
            addScaled(block, group, dots::get);
        }
    }

    private interface Codes {
        Node vector(int index);
    }

    private Codes codes(Node block) {
        if (unpacked == null) {
            return new PanelCodes(k, layout, panel).inRegisters(block)::get;
        }
        Node from = unpacked;
        return index -> k.load(MemoryKind.I8, PanelCodes.unpackedVector(k, from, block, index));
    }

    private interface RowDots {
        Node of(int row);
    }

    /** Adds the group's dots, times the scales, then its offsets. */
    private void addScaled(Node block, int group, RowDots dots) {
        Node scale = scale(block, group, layout.scales());
        for (int i = 0; i < rows.count(); i++) {
            Node rowScale = k.load(MemoryKind.ONE_F32, rows.scale(k, i, block));
            Node factor = k.mulF(scale, rowScale);
            k.write(sums.get(i), k.fma(k.toF32(dots.of(i)), factor, k.read(sums.get(i))));
        }
        if (type.offsets() != PackedType.ScaleKind.NONE) {
            offsets(block, group);
        }
    }

    /** The exact integer dots of one group, in units of each row's lowest codes. */
    private List<Node> dots(Node block, int group, Codes codes) {
        int vectors = PanelCodes.VECTORS / layout.groupsPerBlock();
        int first = group * vectors;
        if (!rows.wide()) {
            List<Node> starts = map(row -> biased(row, block, group, k.word(0)));
            return chains(starts, codes, first, vectors, map(row -> rows.codes(k, row, block)));
        }
        List<Node> zeros = map(row -> k.word(0));
        List<Node> high = chains(zeros, codes, first, vectors, map(row -> rows.codes(k, row, block)));
        List<Node> starts = map(row -> biased(row, block, group, k.i32(Op.SHL_I32, high.get(row), k.word(8))));
        return chains(starts, codes, first, vectors, map(row -> rows.lowCodes(k, row, block)));
    }

    private interface RowNode {
        Node of(int row);
    }

    private List<Node> map(RowNode node) {
        return IntStream.range(0, rows.count()).mapToObj(node::of).toList();
    }

    /** Row by row within each vector of codes: the chains of different rows do not wait for each other. */
    private List<Node> chains(List<Node> starts, Codes codes, int first, int vectors, List<Node> bytes) {
        List<Node> dots = new ArrayList<>(starts);
        for (int vector = 0; vector < vectors; vector++) {
            Node code = codes.vector(first + vector);
            for (int i = 0; i < rows.count(); i++) {
                Node x = k.load(MemoryKind.ONE_I8X4, k.add(bytes.get(i), 4L * (first + vector)));
                dots.set(i, k.dot(dots.get(i), code, x, type.largestCode()));
            }
        }
        return dots;
    }

    private void offsets(Node block, int group) {
        Node offset = scale(block, group, layout.offsets());
        for (int i = 0; i < rows.count(); i++) {
            Node sum = k.load(MemoryKind.ONE_F32, rows.scaledSum(k, i, type.group(), block, group));
            k.write(sums.get(i), k.fma(offset, sum, k.read(sums.get(i))));
        }
    }

    /** Takes the bias out of every weight: adds -bias times the sum of the row's codes. */
    private Node biased(int row, Node block, int group, Node dot) {
        if (type.bias() == 0) {
            return dot;
        }
        Node sum = k.load(MemoryKind.ONE_I32, rows.negativeSum(k, row, type.group(), block, group));
        int shift = Integer.numberOfTrailingZeros(type.bias());
        Node bias = shift == 0 ? sum : k.i32(Op.SHL_I32, sum, k.word(shift));
        return k.i32(Op.ADD_I32, dot, bias);
    }

    private Node scale(Node block, int group, PanelLayout.ScalePlane plane) {
        long inBlock = plane.start() + (long) group * plane.kind().bytes();
        Node at = k.add(PanelCodes.block(k, layout, panel, block), inBlock);
        Node value = k.load(plane.kind().memory(), at);
        return plane.kind() == PackedType.ScaleKind.S8 ? k.mulF(unit(block, plane), k.toF32(value)) : value;
    }

    private Node unit(Node block, PanelLayout.ScalePlane plane) {
        return k.load(MemoryKind.F16, k.add(PanelCodes.span(k, layout, panel, block), plane.unitStart()));
    }
}
