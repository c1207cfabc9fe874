package smelt.graph;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What work costs, derived from the IR and nothing else; the trace, the benchmark's share of the machine's limits and
 * the planner all read it.
 *
 * @param weightBytes stored bytes that a step reads once, however many tokens it has
 * @param multiplyAdds products with weights, for each token
 * @param floatOperations other arithmetic, for each token
 * @param attention for each token, by how far it looks back
 */
public record Cost(long weightBytes, long multiplyAdds, long floatOperations, List<Looking> attention) {
    public static final Cost NONE = new Cost(0, 0, 0, List.of());

    /** Float operations of an exponential, which every activation contains. */
    private static final int EXP = 16;

    public Cost {
        attention = List.copyOf(attention);
    }

    /**
     * What attention takes for each position that a token sees.
     *
     * @param window positions that it sees at most; 0: all
     * @param cacheElements of keys and values
     * @param floatOperations of scores and sums
     */
    public record Looking(int window, long cacheElements, long floatOperations) {
        private double visible(double positions) {
            return window == 0 ? positions : Math.min(window, positions);
        }
    }

    public Cost plus(Cost other) {
        return new Cost(
                weightBytes + other.weightBytes,
                multiplyAdds + other.multiplyAdds,
                floatOperations + other.floatOperations,
                sum(attention, other.attention));
    }

    private static List<Looking> sum(List<Looking> one, List<Looking> other) {
        Map<Integer, Looking> byWindow = new TreeMap<>();
        Stream.concat(one.stream(), other.stream())
                .forEach(each -> byWindow.merge(
                        each.window(),
                        each,
                        (a, b) -> new Looking(
                                a.window(),
                                a.cacheElements() + b.cacheElements(),
                                a.floatOperations() + b.floatOperations())));
        return List.copyOf(byWindow.values());
    }

    /** Elements of keys and values that a token reads whose sequence has {@code positions} up to it. */
    public double cacheElements(double positions) {
        return attention.stream()
                .mapToDouble(each -> each.cacheElements() * each.visible(positions))
                .sum();
    }

    /** Float operations of such a token in attention. */
    public double attentionOperations(double positions) {
        return attention.stream()
                .mapToDouble(each -> each.floatOperations() * each.visible(positions))
                .sum();
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
        return new Cost(0, 0, (long) node.width() * perColumn, List.of());
    }

    /** The experts that a token uses; a step of many tokens may read more of them. */
    private static Cost experts(Node node, int input) {
        Attr.Experts experts = node.attr(Attr.Experts.class);
        return product((Type.Weight) node.input(input).type(), experts.used());
    }

    private static Cost product(Type.Weight weight, int count) {
        long bytes = weight.dtype().bytes(weight.columns()) * weight.rows() * count;
        return new Cost(bytes, (long) weight.rows() * weight.columns() * count, 0, List.of());
    }

    /** A key and a value for each key head; for each head a multiplication and an addition with both. */
    private static Cost attention(Attr.Attention attention) {
        long elements = 2L * attention.keyHeads() * attention.headWidth();
        long operations = 4L * attention.heads() * attention.headWidth();
        return new Cost(0, 0, 0, List.of(new Looking(attention.window(), elements, operations)));
    }
}
