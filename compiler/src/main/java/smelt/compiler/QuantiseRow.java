package smelt.compiler;

import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * QUANTISE of one row: per block of 32 the scale is the largest magnitude / 127 with its significand rounded to 11
 * bits, so that its product with an f16 scale is exact; codes round to nearest even. Wide rows add the rest in units of
 * 1/256 of the scale.
 */
final class QuantiseRow {
    /** Below it, a block counts as zero: the inverse of its scale would overflow. */
    private static final double SMALLEST = 1e-30;

    /** Units of a low code in a code. */
    private static final int LOW = 256;

    private final KernelBuilder k;
    private final QuantisedRow layout;
    private final Node target;

    private QuantiseRow(KernelBuilder k, QuantisedRow layout, Node target) {
        this.k = k;
        this.layout = layout;
        this.target = target;
    }

    static void write(KernelBuilder k, QuantisedRow layout, Node source, Node target) {
        QuantiseRow row = new QuantiseRow(k, layout, target);
        int blocks = layout.width() / 32;
        k.loop(0, blocks, 1, block -> row.largest(block, k.add(source, k.mul(block, 128))));
        k.loop(0, blocks, 16, block -> row.scales(k.mul(block, 4)));
        k.loop(0, blocks, 1, block -> row.block(block, k.add(source, k.mul(block, 128))));
    }

    /** Leaves the block's largest magnitude where its scale will stand. */
    private void largest(Node block, Node from) {
        Node first = k.abs(k.load(MemoryKind.F32, from));
        Node second = k.abs(k.load(MemoryKind.F32, k.add(from, 64)));
        Node at = k.add(k.add(target, k.mul(block, 4)), layout.scales());
        k.store(MemoryKind.ONE_F32, at, k.top(k.maxF(first, second)));
    }

    /** The scales of 16 blocks; their inverses wait where the scaled sums will stand. */
    private void scales(Node at) {
        Node scales = k.add(k.add(target, at), layout.scales());
        Node largest = k.load(MemoryKind.F32, scales);
        Node rounded = roundTo11Bits(k.divF(largest, k.real(127)));
        Node scale = k.select(k.lessF(largest, k.real(SMALLEST)), k.real(0), rounded);
        Node inverse = k.select(k.lessF(k.real(0), scale), k.divF(k.real(1), scale), k.real(0));
        k.store(MemoryKind.F32, scales, layout.wide() ? k.mulF(scale, k.real(1.0 / LOW)) : scale);
        k.store(MemoryKind.F32, k.add(k.add(target, at), layout.scaledSums(32)), inverse);
    }

    private void block(Node block, Node from) {
        Node words = k.add(target, k.mul(block, 4));
        Node unit = k.load(MemoryKind.ONE_F32, k.add(words, layout.scales()));
        Node inverse = k.load(MemoryKind.ONE_F32, k.add(words, layout.scaledSums(32)));
        Node first = codes(block, 0, k.load(MemoryKind.F32, from), unit, inverse);
        Node second = codes(block, 16, k.load(MemoryKind.F32, k.add(from, 64)), unit, inverse);
        sums(k.mul(block, 4), 32, unit, k.sumI(k.i32(Op.ADD_I32, first, second)));
        if (layout.type().halves()) {
            sums(k.mul(block, 8), 16, unit, k.sumI(first));
            sums(k.add(k.mul(block, 8), 4), 16, unit, k.sumI(second));
        }
    }

    /** Stores the codes of 16 columns and gives them, in units of the lowest code. */
    private Node codes(Node block, int column, Node x, Node unit, Node inverse) {
        Node at = k.add(k.add(target, k.mul(block, 32)), column);
        Functions.Whole rounded = round(k.mulF(x, inverse));
        Node code = rounded.integer();
        k.store(MemoryKind.U8, at, code);
        if (!layout.wide()) {
            return code;
        }
        Node scale = k.mulF(unit, k.real(LOW));
        Node rest = k.fma(k.subF(k.real(0), rounded.real()), scale, x);
        Node low = round(k.mulF(k.mulF(rest, inverse), k.real(LOW))).integer();
        k.store(MemoryKind.U8, k.add(at, layout.lowCodes()), low);
        return k.i32(Op.ADD_I32, k.i32(Op.SHL_I32, code, k.word(8)), low);
    }

    /** To an integer from -127 to 127. */
    private Functions.Whole round(Node x) {
        return Functions.round(k, k.minF(k.maxF(x, k.real(-127)), k.real(127)));
    }

    private void sums(Node at, int group, Node unit, Node sum) {
        Node to = k.add(target, at);
        Node negative = k.i32(Op.SUB_I32, k.word(0), sum);
        k.store(MemoryKind.ONE_I32, k.add(to, layout.negativeSums(group)), negative);
        k.store(MemoryKind.ONE_F32, k.add(to, layout.scaledSums(group)), k.mulF(unit, k.toF32(sum)));
    }

    /** Rounds the 24-bit significand to 11 bits, ties to even. */
    private Node roundTo11Bits(Node x) {
        Node bits = k.asI32(x);
        Node odd = k.i32(Op.AND_I32, k.i32(Op.SHR_I32, bits, k.word(13)), k.word(1));
        Node rounded = k.i32(Op.ADD_I32, k.i32(Op.ADD_I32, bits, k.word(0xfff)), odd);
        return k.asF32(k.i32(Op.AND_I32, rounded, k.word(~0x1fff)));
    }
}
