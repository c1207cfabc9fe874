package smelt.graph;

import java.util.Collection;

/**
 * What work costs, derived from the IR and nothing else; the trace, the benchmark's share of the machine's limits and
 * the planner all read it.
 *
 * @param weightBytes stored bytes that a step reads once, however many tokens it has
 * @param multiplyAdds products with weights, for each token
 * @param floatOperations other arithmetic, for each token
 * @param keyBytesPerPosition bytes of cache that each token reads, per element byte, for each visible position
 */
public record Cost(long weightBytes, long multiplyAdds, long floatOperations, long keyBytesPerPosition) {
    public static final Cost NONE = new Cost(0, 0, 0, 0);

    /** Float operations of an exponential, which every activation contains. */
    private static final int EXP = 16;

    public Cost plus(Cost other) {
        return new Cost(
                weightBytes + other.weightBytes,
                multiplyAdds + other.multiplyAdds,
                floatOperations + other.floatOperations,
                keyBytesPerPosition + other.keyBytesPerPosition);
    }

    /** Of one node, its inputs not counted. */
    public static Cost of(Node node) {
        return switch (node.op()) {
            case MATMUL -> product((Type.Weight) node.input(1).type(), 1);
            case EXPERTS -> experts(node, 2).plus(experts(node, 3)).plus(experts(node, 4));
            case EXPERTS_UP -> experts(node, 2).plus(experts(node, 3));
            case EXPERTS_DOWN -> experts(node, 2);
            case ATTENTION, ATTEND -> attention(node.attr(Attr.Attention.class));
            case ADD, MUL, SCALE -> floats(node, 1);
            case SILU -> floats(node, EXP + 2);
            case GELU_TANH, GELU_ERF, SOFTCAP -> floats(node, EXP + 10);
            case RMS_NORM, LAYER_NORM -> floats(node, 4);
            case ROPE -> floats(node, 3);
            case QUANTISE, KEEP -> floats(node, 4);
            case ROUTE -> floats(node, EXP);
            default -> NONE;
        };
    }

    public static Cost of(Collection<Node> nodes) {
        return nodes.stream().map(Cost::of).reduce(NONE, Cost::plus);
    }

    private static Cost floats(Node node, int perColumn) {
        return new Cost(0, 0, (long) node.width() * perColumn, 0);
    }

    /** The experts that a token uses; a step of many tokens may read more of them. */
    private static Cost experts(Node node, int input) {
        Attr.Experts experts = node.attr(Attr.Experts.class);
        return product((Type.Weight) node.input(input).type(), experts.used());
    }

    private static Cost product(Type.Weight weight, int count) {
        long bytes = weight.dtype().bytes(weight.columns()) * weight.rows() * count;
        return new Cost(bytes, (long) weight.rows() * weight.columns() * count, 0, 0);
    }

    private static Cost attention(Attr.Attention attention) {
        return new Cost(0, 0, 0, 2L * attention.keyHeads() * attention.headWidth());
    }
}
