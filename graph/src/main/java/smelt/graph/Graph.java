package smelt.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * The intern table, and the builder of the tensor stage. Methods check shapes and answer with an
 * {@link FailureCode#INVALID_ARGUMENT} that names both. Used by one thread at a time.
 */
public final class Graph {
    private record Identity(Op op, List<Node> inputs, Attr attr, Type type) {}

    private final Map<Identity, Node> nodes = new HashMap<>();

    /** The one node with these parts. */
    public Node node(Op op, List<Node> inputs, Attr attr, Type type) {
        List<Node> copy = List.copyOf(inputs);
        return nodes.computeIfAbsent(new Identity(op, copy, attr, type), id -> new Node(op, copy, attr, type));
    }

    /** The residual stream, as it enters a section. */
    public Node input(int width) {
        return node(Op.INPUT, List.of(), Attr.None.NONE, new Type.Rows(width));
    }

    /** A matrix [rows, columns] bound by the section's slot {@code slot}. */
    public Node weight(String slot, DType dtype, int rows, int columns) {
        return experts(slot, dtype, 1, rows, columns);
    }

    /** A vector, as a matrix of one row. */
    public Node vector(String slot, DType dtype, int columns) {
        return weight(slot, dtype, 1, columns);
    }

    /** {@code count} stacked matrices [rows, columns]. */
    public Node experts(String slot, DType dtype, int count, int rows, int columns) {
        return node(Op.WEIGHT, List.of(), new Attr.Slot(slot), new Type.Weight(dtype, count, rows, columns));
    }

    public Node tokenEmbedding(Node table) {
        return node(
                Op.TOKEN_EMBEDDING,
                List.of(table),
                Attr.None.NONE,
                new Type.Rows(weightType(table).columns()));
    }

    /** @param first row of the table, that of position 0 */
    public Node positionEmbedding(Node table, int first) {
        return node(
                Op.POSITION_EMBEDDING,
                List.of(table),
                new Attr.Whole(first),
                new Type.Rows(weightType(table).columns()));
    }

    /** The position's row, plus the first row of {@code types} in a first text and the second in a second. */
    public Node positionEmbedding(Node table, int first, Node types) {
        check(weightType(types).columns() == weightType(table).columns(), "POSITION_EMBEDDING", table, types);
        return node(
                Op.POSITION_EMBEDDING,
                List.of(table, types),
                new Attr.Whole(first),
                new Type.Rows(weightType(table).columns()));
    }

    public Node matmul(Node x, Node weight) {
        Type.Weight w = weightType(weight);
        check(w.columns() == x.width(), "MATMUL", x, weight);
        return node(Op.MATMUL, List.of(x, weight), Attr.None.NONE, new Type.Rows(w.rows()));
    }

    public Node rmsNorm(Node x, Node weight, Attr.Norm norm) {
        boolean whole = x.width() % norm.segment() == 0;
        check(whole && weightType(weight).columns() == norm.segment(), "RMS_NORM", x, weight);
        return node(Op.RMS_NORM, List.of(x, weight), norm, x.type());
    }

    public Node layerNorm(Node x, Node weight, Node bias, double epsilon) {
        check(weightType(weight).columns() == x.width(), "LAYER_NORM", x, weight);
        check(weightType(bias).columns() == x.width(), "LAYER_NORM", x, bias);
        return node(Op.LAYER_NORM, List.of(x, weight, bias), new Attr.Norm(epsilon, x.width(), 0), x.type());
    }

    public Node rope(Node x, Attr.Rope rope) {
        check(x.width() % rope.headWidth() == 0, "ROPE", x, x);
        check(2 * rope.inverseFrequencies().size() <= rope.headWidth(), "ROPE", x, x);
        return node(Op.ROPE, List.of(x), rope, x.type());
    }

    public Node attention(Node q, Node k, Node v, Attr.Attention attention) {
        check(q.width() == attention.heads() * attention.headWidth(), "ATTENTION", q, k);
        check(k.width() == attention.keyHeads() * attention.headWidth(), "ATTENTION", q, k);
        check(v.width() == k.width() && attention.heads() % attention.keyHeads() == 0, "ATTENTION", k, v);
        return node(Op.ATTENTION, List.of(q, k, v), attention, q.type());
    }

    /** The feed-forward of a mixture; weights are stacked: gate and up [hidden, x], down [x, hidden]. */
    public Node experts(Node x, Node routerLogits, Node gate, Node up, Node down, Attr.Experts experts) {
        check(routerLogits.width() == experts.count(), "EXPERTS", x, routerLogits);
        check(weightType(gate).columns() == x.width(), "EXPERTS", x, gate);
        check(weightType(down).columns() == weightType(up).rows(), "EXPERTS", up, down);
        return node(Op.EXPERTS, List.of(x, routerLogits, gate, up, down), experts, x.type());
    }

    public Node slice(Node x, int from, int width) {
        check(from >= 0 && width > 0 && from + width <= x.width(), "SLICE", x, x);
        return node(Op.SLICE, List.of(x), new Attr.Columns(from, width), new Type.Rows(width));
    }

    /** {@code b} is rows of the same width, or a vector. */
    public Node add(Node a, Node b) {
        return binary(Op.ADD, a, b);
    }

    /** {@code b} is rows of the same width, or a vector. */
    public Node mul(Node a, Node b) {
        return binary(Op.MUL, a, b);
    }

    public Node scale(Node x, double factor) {
        return factor == 1.0 ? x : node(Op.SCALE, List.of(x), new Attr.Real((float) factor), x.type());
    }

    public Node softcap(Node x, double cap) {
        return cap == 0.0 ? x : node(Op.SOFTCAP, List.of(x), new Attr.Real((float) cap), x.type());
    }

    /** SILU, GELU_TANH or GELU_ERF. */
    public Node activation(Op op, Node x) {
        return switch (op) {
            case SILU, GELU_TANH, GELU_ERF -> node(op, List.of(x), Attr.None.NONE, x.type());
            default -> throw Failure.of(FailureCode.INVALID_ARGUMENT, op + " is no activation");
        };
    }

    private Node binary(Op op, Node a, Node b) {
        int width = b.type() instanceof Type.Weight w && w.rows() == 1 ? w.columns() : b.width();
        check(width == a.width(), op.name(), a, b);
        return node(op, List.of(a, b), Attr.None.NONE, a.type());
    }

    private static Type.Weight weightType(Node node) {
        if (node.type() instanceof Type.Weight weight) {
            return weight;
        }
        throw Failure.of(FailureCode.INVALID_ARGUMENT, "Not a weight: " + node);
    }

    private static void check(boolean fits, String op, Node a, Node b) {
        if (!fits) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, op + " does not fit " + a + " and " + b);
        }
    }
}
