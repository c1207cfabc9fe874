package smelt.compiler;

import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * QUANTISE of one row: per block of 32 the scale is the largest magnitude / 127 with its significand rounded to 11
 * bits, so that its product with an f16 scale is exact; codes round to nearest even.
 */
final class QuantiseRow {
    /** Below it, a block counts as zero: the inverse of its scale would overflow. */
    private static final double SMALLEST = 1e-30;

    private QuantiseRow() {}

    static void write(KernelBuilder k, Node source, Node target, int width) {
        k.loop(0, width / 32, 1, block -> {
            Node from = k.add(source, k.mul(block, 128));
            Node low = k.load(MemoryKind.F32, from);
            Node high = k.load(MemoryKind.F32, k.add(from, 64));
            Node largest = k.top(k.maxF(k.abs(low), k.abs(high)));
            Node scale = k.select(
                    k.lessF(largest, k.real(SMALLEST)), k.real(0), roundTo11Bits(k, k.divF(largest, k.real(127))));
            Node inverse = k.select(k.lessF(k.real(0), scale), k.divF(k.real(1), scale), k.real(0));
            Node first = code(k, low, inverse);
            Node second = code(k, high, inverse);
            Node codes = k.add(target, k.mul(block, 32));
            k.store(MemoryKind.U8, codes, first);
            k.store(MemoryKind.U8, k.add(codes, 16), second);
            sums(k, target, width, block, scale, k.sumI(first), k.sumI(second));
        });
    }

    private static Node code(KernelBuilder k, Node x, Node inverse) {
        Node scaled = k.minF(k.maxF(k.mulF(x, inverse), k.real(-127)), k.real(127));
        return k.toI32(Functions.round(k, scaled));
    }

    private static void sums(KernelBuilder k, Node target, int width, Node block, Node scale, Node first, Node second) {
        Node sum = k.i32(Op.ADD_I32, first, second);
        Node at = k.add(target, k.mul(block, 4));
        k.store(MemoryKind.ONE_F32, k.add(at, RowLayout.scales(width)), scale);
        k.store(MemoryKind.ONE_I32, k.add(at, RowLayout.negativeSums(width)), negative(k, sum));
        k.store(MemoryKind.ONE_F32, k.add(at, RowLayout.scaledSums(width)), k.mulF(scale, k.toF32(sum)));
        Node at16 = k.add(target, k.mul(block, 8));
        for (int i = 0; i < 2; i++) {
            Node part = i == 0 ? first : second;
            Node to = k.add(at16, 4L * i);
            k.store(MemoryKind.ONE_I32, k.add(to, RowLayout.negativeSums16(width)), negative(k, part));
            k.store(MemoryKind.ONE_F32, k.add(to, RowLayout.scaledSums16(width)), k.mulF(scale, k.toF32(part)));
        }
    }

    private static Node negative(KernelBuilder k, Node x) {
        return k.i32(Op.SUB_I32, k.word(0), x);
    }

    /** Rounds the 24-bit significand to 11 bits, ties to even. */
    private static Node roundTo11Bits(KernelBuilder k, Node x) {
        Node bits = k.asI32(x);
        Node odd = k.i32(Op.AND_I32, k.i32(Op.SHR_I32, bits, k.word(13)), k.word(1));
        Node rounded = k.i32(Op.ADD_I32, k.i32(Op.ADD_I32, bits, k.word(0xfff)), odd);
        return k.asF32(k.i32(Op.AND_I32, rounded, k.word(~0x1fff)));
    }
}
