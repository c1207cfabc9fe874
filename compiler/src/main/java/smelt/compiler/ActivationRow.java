package smelt.compiler;

import smelt.graph.KernelBuilder;
import smelt.graph.Node;

/**
 * One row that enters a product, or a run of its columns.
 *
 * @param base address of the whole row
 * @param width columns of the whole row, which place the regions of a quantised one ({@link RowLayout})
 * @param firstColumn where the run begins, a multiple of 32
 */
record ActivationRow(Node base, int width, Node firstColumn) {
    Node floats(KernelBuilder k) {
        return k.add(base, k.mul(firstColumn, 4));
    }

    Node codes(KernelBuilder k) {
        return k.add(base, firstColumn);
    }

    Node scales(KernelBuilder k) {
        return perBlock(k, RowLayout.scales(width));
    }

    Node negativeSums(KernelBuilder k, int group) {
        return group == 32 ? perBlock(k, RowLayout.negativeSums(width)) : perHalf(k, RowLayout.negativeSums16(width));
    }

    Node scaledSums(KernelBuilder k, int group) {
        return group == 32 ? perBlock(k, RowLayout.scaledSums(width)) : perHalf(k, RowLayout.scaledSums16(width));
    }

    private Node perBlock(KernelBuilder k, int region) {
        return k.add(k.add(base, k.mul(k.div(firstColumn, 32), 4)), region);
    }

    private Node perHalf(KernelBuilder k, int region) {
        return k.add(k.add(base, k.mul(k.div(firstColumn, 16), 4)), region);
    }
}
