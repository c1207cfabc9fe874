package smelt.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Type;

/**
 * Lowers {@link Stage.RowWise}: a loop over this thread's rows, and in it each node in turn. Where the stage is
 * repeated each thread has the single row of a step, and its own copy of the results.
 */
final class RowKernel {
    private static final int LANES = 16;
    /** Rows that a thread takes at once. */
    private static final int ROWS_OF_GRAIN = 8;

    private final KernelContext context;
    private final KernelBuilder k;
    private final List<Node> nodes;
    private final Set<Node> kept;
    private final boolean repeated;
    private final Set<Node> inlined = new HashSet<>();

    private RowKernel(KernelContext context, Stage.RowWise stage) {
        this.context = context;
        this.k = context.k;
        this.nodes = stage.nodes();
        this.kept = stage.kept();
        this.repeated = stage.repeated();
    }

    /** {@code wanted}: rows are counted by the wanted ones. */
    static StepProgram.Call lower(Stage.RowWise stage, MemoryPlan buffers, boolean wanted, String name) {
        if (stage.repeated()) {
            stage.nodes().forEach(buffers::repeat);
        }
        KernelContext context = new KernelContext(buffers);
        new RowKernel(context, stage).run(wanted);
        return context.finish(name, stage.cost(), stage.repeated());
    }

    private void run(boolean wanted) {
        findInlined();
        Node rows = context.count(wanted ? StepField.WANTED_COUNT : StepField.ROW_COUNT);
        Node least = repeated ? k.min(rows, context.single()) : k.integer(0);
        context.share(
                rows,
                least,
                rows,
                k.integer(ROWS_OF_GRAIN),
                row -> nodes.stream().filter(node -> !inlined.contains(node)).forEach(node -> materialise(node, row)));
    }

    /** An elementwise node that only one other elementwise node reads is computed there. */
    private void findInlined() {
        Map<Node, List<Node>> users = new HashMap<>();
        nodes.forEach(node -> node.inputs()
                .forEach(input ->
                        users.computeIfAbsent(input, n -> new ArrayList<>()).add(node)));
        for (Node node : nodes) {
            List<Node> readers = users.getOrDefault(node, List.of());
            boolean once = readers.size() == 1 && readers.get(0).op().isElementwise();
            if (once && node.op().isElementwise() && !kept.contains(node)) {
                inlined.add(node);
            }
        }
    }

    private void materialise(Node node, Node row) {
        switch (node.op()) {
            case RMS_NORM -> rmsNorm(node, row);
            case LAYER_NORM -> layerNorm(node, row);
            case QUANTISE -> quantise(node, row);
            case ROPE -> new RopeRow(context, node).write(row);
            case KEEP -> keep(node, row);
            case COMBINE -> CombineRow.write(context, node, row);
            case WANTED -> copy(node, row, context.row(node.input(0), context.entry(StepField.WANTED, row)), 0);
            case SLICE ->
                copy(
                        node,
                        row,
                        context.row(node.input(0), row),
                        node.attr(Attr.Columns.class).from());
            case ROUTE -> RouteRow.write(context, node, row);
            case ADD, MUL, SCALE, SILU, GELU_TANH, GELU_ERF, SOFTCAP -> elementwise(node, row);
            default -> throw Failure.of(FailureCode.INTERNAL, "Not a row operation: " + node);
        }
    }

    /** The cache has no copies: a single row is kept by the threads that attend to it. */
    private void keep(Node node, Node row) {
        int heads = node.attr(Attr.Attention.class).keyHeads();
        Node first = repeated ? k.mul(context.single(), heads) : k.integer(0);
        KeepRow.write(context, node, row, first, k.integer(heads));
    }

    private void quantise(Node node, Node row) {
        QuantisedRow layout = new QuantisedRow((Type.Quantised) node.type());
        QuantiseRow.write(k, layout, context.row(node.input(0), row), context.row(node, row));
    }

    private void copy(Node node, Node row, Node source, int fromColumn) {
        Node target = context.row(node, row);
        vectors(node.width(), (at, masked) -> {
            Node value = k.load(MemoryKind.F32, k.add(k.add(source, at), fromColumn * 4L));
            k.store(MemoryKind.F32, k.add(target, at), tail(value, masked, node.width()));
        });
    }

    private void elementwise(Node node, Node row) {
        Node target = context.row(node, row);
        vectors(node.width(), (at, masked) -> {
            Node value = compute(node, row, at);
            k.store(MemoryKind.F32, k.add(target, at), tail(value, masked, node.width()));
        });
    }

    /** 16 columns of an elementwise node at byte {@code at} of the row. */
    private Node compute(Node node, Node row, Node at) {
        List<Node> operands = node.inputs().stream()
                .map(input -> inlined.contains(input) ? compute(input, row, at) : read(input, row, at))
                .toList();
        return Functions.elementwise(k, node, operands.get(0), operands.get(operands.size() - 1));
    }

    private Node read(Node node, Node row, Node at) {
        Node base = node.type() instanceof Type.Weight ? context.vector(node) : context.row(node, row);
        return k.load(MemoryKind.F32, k.add(base, at));
    }

    private void rmsNorm(Node node, Node row) {
        Attr.Norm norm = node.attr(Attr.Norm.class);
        Node source = context.row(node.input(0), row);
        Node target = context.row(node, row);
        Node weights = context.vector(node.input(1));
        int segmentBytes = norm.segment() * 4;
        k.loop(0, node.width() / norm.segment(), 1, segment -> {
            Node from = k.add(source, k.mul(segment, segmentBytes));
            Node to = k.add(target, k.mul(segment, segmentBytes));
            Node squares = k.local(k.real(0));
            vectors(norm.segment(), (at, masked) -> {
                Node x = tail(k.load(MemoryKind.F32, k.add(from, at)), masked, norm.segment());
                k.write(squares, k.fma(x, x, k.read(squares)));
            });
            Node mean = k.divF(k.sum(k.read(squares)), k.real(norm.segment()));
            Node inverse = k.divF(k.real(1), k.sqrt(k.addF(mean, k.real(norm.epsilon()))));
            vectors(norm.segment(), (at, masked) -> {
                Node x = tail(k.load(MemoryKind.F32, k.add(from, at)), masked, norm.segment());
                Node weight = k.load(MemoryKind.F32, k.add(weights, at));
                Node scale = norm.offset() == 0 ? weight : k.addF(weight, k.real(norm.offset()));
                k.store(MemoryKind.F32, k.add(to, at), k.mulF(k.mulF(x, inverse), scale));
            });
        });
    }

    private void layerNorm(Node node, Node row) {
        int width = node.width();
        Node source = context.row(node.input(0), row);
        Node target = context.row(node, row);
        Node sum = k.local(k.real(0));
        vectors(
                width,
                (at, masked) -> k.write(
                        sum, k.addF(k.read(sum), tail(k.load(MemoryKind.F32, k.add(source, at)), masked, width))));
        Node mean = k.divF(k.sum(k.read(sum)), k.real(width));
        Node squares = k.local(k.real(0));
        vectors(width, (at, masked) -> {
            Node x = tail(k.subF(k.load(MemoryKind.F32, k.add(source, at)), mean), masked, width);
            k.write(squares, k.fma(x, x, k.read(squares)));
        });
        Node variance = k.divF(k.sum(k.read(squares)), k.real(width));
        double epsilon = node.attr(Attr.Norm.class).epsilon();
        Node inverse = k.divF(k.real(1), k.sqrt(k.addF(variance, k.real(epsilon))));
        vectors(width, (at, masked) -> {
            Node x = k.mulF(k.subF(k.load(MemoryKind.F32, k.add(source, at)), mean), inverse);
            Node weight = k.load(MemoryKind.F32, k.add(context.vector(node.input(1)), at));
            Node bias = k.load(MemoryKind.F32, k.add(context.vector(node.input(2)), at));
            k.store(MemoryKind.F32, k.add(target, at), tail(k.fma(x, weight, bias), masked, width));
        });
    }

    private interface VectorBody {
        /** {@code at}: byte offset; {@code masked}: lanes beyond the width are to be zero. */
        void accept(Node at, boolean masked);
    }

    private void vectors(int width, VectorBody body) {
        int whole = width / LANES;
        if (whole > 0) {
            k.loop(0, whole * 64L, 64, at -> body.accept(at, false));
        }
        if (width % LANES != 0) {
            body.accept(k.integer(whole * 64L), true);
        }
    }

    private Node tail(Node value, boolean masked, int width) {
        return masked ? k.select(context.firstLanes(width % LANES), value, k.real(0)) : value;
    }
}
