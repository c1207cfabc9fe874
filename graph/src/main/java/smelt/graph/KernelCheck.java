package smelt.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * The verifier of kernels: every value stands before its use in a block that encloses the use, operand types are those
 * of the operation, and only statements that belong into a kernel occur.
 */
public final class KernelCheck {
    private final Set<Node> visible = new HashSet<>();
    private final String kernel;

    private KernelCheck(String kernel) {
        this.kernel = kernel;
    }

    /** @throws Failure INTERNAL naming the kernel and the node at fault */
    public static void check(Node kernel) {
        if (kernel.op() != Op.KERNEL) {
            throw Failure.of(FailureCode.INTERNAL, "Not a kernel: " + kernel);
        }
        new KernelCheck(kernel.attr(Attr.Text.class).value()).block(kernel.input(0));
    }

    private void block(Node block) {
        expect(block.op() == Op.BLOCK, "a block was expected", block);
        for (Node node : block.inputs()) {
            statement(node);
            visible.add(node);
        }
        block.inputs().forEach(visible::remove);
    }

    private void statement(Node node) {
        expect(node.op().stage() == Op.Stage.KERNEL, "does not belong into a kernel", node);
        expect(!visible.contains(node), "stands twice", node);
        switch (node.op()) {
            case FOR -> {
                operands(node, List.of(node.input(0), node.input(1)));
                visible.add(node.input(2));
                block(node.input(3));
                visible.remove(node.input(2));
            }
            case IF -> {
                operands(node, List.of(node.input(0)));
                block(node.input(1));
                block(node.input(2));
            }
            default -> operands(node, node.inputs());
        }
        types(node);
    }

    private void operands(Node node, List<Node> operands) {
        for (Node operand : operands) {
            expect(visible.contains(operand), "uses a value that does not stand before it: " + operand, node);
        }
    }

    private void types(Node node) {
        String name = node.op().name();
        if (node.op() == Op.STORE) {
            MemoryKind kind = node.attr(Attr.Memory.class).kind();
            expect(
                    node.input(1).type() == kind.type(),
                    "stores " + node.input(1).type() + " as " + kind,
                    node);
        } else if (node.op() == Op.WRITE) {
            expect(node.input(0).type() == node.input(1).type(), "writes another type", node);
        } else if (node.op() == Op.DOT_I8) {
            expect(node.input(1).type() == Type.Value.I8X64, "needs bytes", node);
        } else if (name.endsWith("_F32")
                && node.op() != Op.SELECT_F32
                && !node.inputs().isEmpty()) {
            Type operand = node.input(0).type();
            boolean converts = node.op() == Op.TO_F32 || node.op() == Op.BITS_TO_F32;
            expect(operand == (converts ? Type.Value.I32X16 : Type.Value.F32X16), "has an operand " + operand, node);
        } else if (name.endsWith("_I64") && node.op() != Op.SPLAT_I64) {
            expect(node.inputs().stream().allMatch(i -> i.type() == Type.Value.I64), "needs integers", node);
        } else if (name.endsWith("_I8") && node.op() != Op.SPLAT_I8 && node.op() != Op.TILE_DOT_I8) {
            expect(node.inputs().stream().allMatch(i -> i.type() == Type.Value.I8X64), "needs bytes", node);
        }
    }

    private void expect(boolean holds, String complaint, Node node) {
        if (!holds) {
            throw Failure.of(FailureCode.INTERNAL, "Kernel " + kernel + ": '" + node + "' " + complaint);
        }
    }
}
