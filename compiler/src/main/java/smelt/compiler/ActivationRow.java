package smelt.compiler;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.KernelBuilder;
import smelt.graph.Node;
import smelt.graph.Type;

/**
 * One row that enters a product, or a run of its columns.
 *
 * @param base address of the whole row
 * @param type of the whole row, which places the regions of a quantised one
 * @param firstColumn where the run begins, a multiple of 32
 */
record ActivationRow(Node base, Type type, Node firstColumn) {
    boolean wide() {
        return layout().wide();
    }

    Node floats(KernelBuilder k) {
        return k.add(base, k.mul(firstColumn, 4));
    }

    Node codes(KernelBuilder k) {
        return k.add(base, firstColumn);
    }

    Node lowCodes(KernelBuilder k) {
        return k.add(codes(k), layout().lowCodes());
    }

    Node scales(KernelBuilder k) {
        return k.add(groups(k, 32), layout().scales());
    }

    Node negativeSums(KernelBuilder k, int group) {
        return k.add(groups(k, group), layout().negativeSums(group));
    }

    Node scaledSums(KernelBuilder k, int group) {
        return k.add(groups(k, group), layout().scaledSums(group));
    }

    private Node groups(KernelBuilder k, int group) {
        return k.add(base, k.mul(k.div(firstColumn, group), 4));
    }

    private QuantisedRow layout() {
        if (type instanceof Type.Quantised quantised) {
            return new QuantisedRow(quantised.width(), quantised.wide());
        }
        throw Failure.of(FailureCode.INTERNAL, "Not a quantised row: " + type);
    }
}
