package smelt.compiler;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.KernelBuilder;
import smelt.graph.Node;
import smelt.graph.Type;

/**
 * Consecutive rows that enter a product, or a run of their columns. A block's addresses are one pinned register and a
 * constant for each row: with an index besides, each multiplication would take two slots of the processor's front end.
 *
 * @param first address of the first whole row
 * @param type of the whole rows, which places the regions of quantised ones
 * @param firstColumn where the run begins, a multiple of 32
 */
record ActivationRows(Node first, int count, Type type, Node firstColumn) {
    /** One column of a row of floats. */
    Node column(KernelBuilder k, int row, Node column) {
        return at(k, row, k.mul(k.add(firstColumn, column), 4), 0);
    }

    Node codes(KernelBuilder k, int row, Node block) {
        return at(k, row, k.add(firstColumn, k.mul(block, 32)), 0);
    }

    Node lowCodes(KernelBuilder k, int row, Node block) {
        return at(k, row, k.add(firstColumn, k.mul(block, 32)), layout().lowCodes());
    }

    Node scale(KernelBuilder k, int row, Node block) {
        return at(k, row, words(k, 32, block), layout().scales());
    }

    /** Of the {@code index}-th group of {@code columns} columns in a block. */
    Node negativeSum(KernelBuilder k, int row, int columns, Node block, int index) {
        return at(k, row, words(k, columns, block), layout().negativeSums(columns) + 4 * index);
    }

    Node scaledSum(KernelBuilder k, int row, int columns, Node block, int index) {
        return at(k, row, words(k, columns, block), layout().scaledSums(columns) + 4 * index);
    }

    boolean wide() {
        return layout().wide();
    }

    int stride() {
        return RowLayout.stride(type);
    }

    private Node words(KernelBuilder k, int columns, Node block) {
        return k.add(k.mul(k.div(firstColumn, columns), 4), k.mul(block, 4L * (32 / columns)));
    }

    private Node at(KernelBuilder k, int row, Node index, int offset) {
        return k.add(k.pin(k.add(first, index)), (long) row * stride() + offset);
    }

    private QuantisedRow layout() {
        if (type instanceof Type.Quantised quantised) {
            return new QuantisedRow(quantised);
        }
        throw Failure.of(FailureCode.INTERNAL, "Not a quantised row: " + type);
    }
}
