package smelt.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Type;

/**
 * Lowers {@link Stage.Products}: for each output, this thread's panels of 16 columns; for each panel, rows in tiles;
 * the elementwise expression is computed on the sums while they are in registers. With many rows a panel's codes are
 * unpacked once for all of them.
 */
final class ProductsKernel {
    /** Rows times panels that a thread takes at once: some microseconds of work. */
    private static final int ROWS_OF_GRAIN = 256;

    private final KernelContext context;
    private final KernelBuilder k;
    private final Node input;
    private final List<Node> outputs;
    private final Tiling tiling;
    private final long unpackedBytes;
    /** Whether panels are unpacked for many rows: of codes, where they have room in a thread's memory. */
    private final boolean unpacks;

    private ProductsKernel(KernelContext context, Stage.Products stage, Tiling tiling) {
        this.context = context;
        this.k = context.k;
        this.input = stage.input();
        this.outputs = stage.outputs();
        this.unpackedBytes = stage.products().stream()
                .mapToLong(product -> PanelCodes.unpackedBytes(KernelContext.layout(product.input(1))))
                .max()
                .orElse(0);
        long needed = MatrixDots.slotBytes() + StagePlanner.MAX_PRODUCTS * unpackedBytes;
        this.unpacks = input.type() instanceof Type.Quantised
                && needed <= StepProgram.SCRATCH_BYTES
                && tiling.unpackFrom() < Integer.MAX_VALUE;
        this.tiling = unpacks ? tiling : new Tiling(tiling.rows(), false);
    }

    static StepProgram.Call lower(
            Stage.Products stage, MemoryPlan buffers, boolean wanted, Tiling tiling, String name) {
        KernelContext context = new KernelContext(buffers);
        ProductsKernel kernel = new ProductsKernel(context, stage, tiling);
        Node rows = context.count(wanted ? StepField.WANTED_COUNT : StepField.ROW_COUNT);
        stage.outputs().forEach(output -> kernel.output(output, rows));
        return context.finish(
                name,
                stage.cost(),
                stage.products().stream()
                        .map(product -> KernelContext.product(stage.input(), product.input(1), 1))
                        .toList());
    }

    private void output(Node output, Node rows) {
        List<Node> products = new ArrayList<>();
        collect(output, products);
        Node panels = k.integer((output.width() + PanelLayout.PANEL_ROWS - 1) / PanelLayout.PANEL_ROWS);
        Node grain = k.add(k.div(k.integer(ROWS_OF_GRAIN), k.max(rows, k.integer(1))), 1);
        context.share(panels, rows, grain, panel -> {
            if (unpacks) {
                k.when(k.less(k.integer(tiling.unpackFrom() - 1), rows), () -> unpack(products, panel));
            }
            Node begin = k.integer(0);
            for (int count : tiling.counts()) {
                boolean matrix = tiling.matrix() && count == Tiling.MATRIX_ROWS;
                Node filled = matrix ? k.add(rows, Tiling.MATRIX_ROWS - Tiling.PADDED_FROM) : rows;
                Node end = k.max(begin, k.mul(k.div(filled, count), count));
                if (matrix) {
                    matrixTiles(output, products, panel, end);
                } else {
                    k.loop(begin, end, count, first -> tile(output, products, panel, first, count));
                }
                begin = end;
            }
        });
    }

    private void collect(Node node, List<Node> products) {
        if (isProduct(node)) {
            if (!products.contains(node)) {
                products.add(node);
            }
        } else if (node.op().isElementwise() && !isReady(node)) {
            node.inputs().forEach(operand -> collect(operand, products));
        }
    }

    /** True where an earlier stage has computed the rows; an output may share its buffer with one that has. */
    private boolean isReady(Node node) {
        return context.isReady(node) && !outputs.contains(node);
    }

    private boolean isProduct(Node node) {
        return node.op() == Op.MATMUL && node.input(0) == input && !isReady(node);
    }

    private void unpack(List<Node> products, Node panel) {
        for (int i = 0; i < products.size(); i++) {
            Node weight = products.get(i).input(1);
            new PanelCodes(k, KernelContext.layout(weight), address(weight, panel))
                    .unpack(unpacked(i), tiling.matrix());
        }
    }

    private Node address(Node weight, Node panel) {
        return k.add(
                context.matrix(weight),
                k.mul(panel, KernelContext.layout(weight).panelBytes()));
    }

    private Node unpacked(int product) {
        return k.add(k.add(context.ownScratch(), MatrixDots.slotBytes()), product * unpackedBytes);
    }

    private void tile(Node output, List<Node> products, Node panel, Node first, int count) {
        ActivationRows rows = rows(first, count);
        Map<Node, List<Node>> sums = new HashMap<>();
        for (int i = 0; i < products.size(); i++) {
            sums.put(products.get(i), product(products.get(i).input(1), panel, rows, i));
        }
        store(output, sums, panel, first, count);
    }

    private ActivationRows rows(Node first, int count) {
        return new ActivationRows(context.row(input, first), count, input.type(), k.integer(0));
    }

    private List<Node> product(Node weight, Node panel, ActivationRows rows, int number) {
        PanelLayout layout = KernelContext.layout(weight);
        Node address = address(weight, panel);
        return unpacks && rows.count() >= tiling.unpackFrom()
                ? PanelProduct.ofUnpacked(k, layout, address, rows, unpacked(number))
                : PanelProduct.of(k, layout, address, rows);
    }

    /** All whole tiles of matrix instructions: product after product, tile after tile, one run after the other. */
    private void matrixTiles(Node output, List<Node> products, Node panel, Node end) {
        List<MatrixDots> dots = new ArrayList<>();
        for (int i = 0; i < products.size(); i++) {
            PanelLayout layout = KernelContext.layout(products.get(i).input(1));
            dots.add(new MatrixDots(k, layout, unpacked(i), context.ownScratch()));
        }
        Node zero = k.integer(0);
        k.when(k.less(zero, end), () -> {
            for (int block = 0; block < dots.getFirst().ahead(); block++) {
                dots.getFirst().start(zero, k.integer(block), block, rows(zero, 1));
            }
        });
        k.loop(zero, end, Tiling.MATRIX_ROWS, first -> {
            Node runs = k.mul(k.div(first, Tiling.MATRIX_ROWS), products.size());
            Node nextRow = k.min(k.add(first, Tiling.MATRIX_ROWS), k.sub(end, k.integer(Tiling.MATRIX_ROWS)));
            ActivationRows rows = rows(first, Tiling.MATRIX_ROWS);
            fetch(output, panel, first);
            Map<Node, List<Node>> sums = new HashMap<>();
            for (int i = 0; i < products.size(); i++) {
                Node weight = products.get(i).input(1);
                Node run = k.add(runs, i);
                boolean last = i == products.size() - 1;
                MatrixDots following = dots.get(last ? 0 : i + 1);
                ActivationRows followingRows = last ? rows(nextRow, 1) : rows;
                PanelProduct.Next next = (block, turn) -> following.start(k.add(run, 1), block, turn, followingRows);
                PanelLayout layout = KernelContext.layout(weight);
                sums.put(
                        products.get(i),
                        PanelProduct.ofMatrix(k, layout, address(weight, panel), rows, dots.get(i), run, next));
            }
            store(output, sums, panel, first, Tiling.MATRIX_ROWS);
        });
    }

    /**
     * Fetches what {@link #store} will touch of a tile: one line of each of 16 rows, which no prefetcher of the machine
     * foresees.
     */
    private void fetch(Node output, Node panel, Node first) {
        Set<Node> touched = new LinkedHashSet<>(List.of(output));
        collectReady(output, touched);
        Node at = k.mul(panel, PanelLayout.PANEL_ROWS * 4L);
        for (Node node : touched) {
            for (int i = 0; i < Tiling.MATRIX_ROWS; i++) {
                k.prefetch(k.add(context.row(node, k.add(first, i)), at));
            }
        }
    }

    private void collectReady(Node node, Set<Node> ready) {
        if (isReady(node) && !(node.type() instanceof Type.Weight)) {
            ready.add(node);
        } else if (!isProduct(node)) {
            node.inputs().forEach(operand -> collectReady(operand, ready));
        }
    }

    private void store(Node output, Map<Node, List<Node>> sums, Node panel, Node first, int count) {
        Node at = k.mul(panel, PanelLayout.PANEL_ROWS * 4L);
        for (int i = 0; i < count; i++) {
            Node row = k.add(first, i);
            Node value = evaluate(output, sums, row, i, at);
            k.store(MemoryKind.F32, k.add(context.row(output, row), at), value);
        }
    }

    /** 16 columns at byte {@code at} of one row; {@code i} is its place in the tile. */
    private Node evaluate(Node node, Map<Node, List<Node>> products, Node row, int i, Node at) {
        List<Node> product = products.get(node);
        if (product != null) {
            return product.get(i);
        }
        if (node.type() instanceof Type.Weight) {
            return k.load(MemoryKind.F32, k.add(context.vector(node), at));
        }
        if (isReady(node)) {
            return k.load(MemoryKind.F32, k.add(context.row(node, row), at));
        }
        List<Node> operands = node.inputs().stream()
                .map(operand -> evaluate(operand, products, row, i, at))
                .toList();
        return Functions.elementwise(k, node, operands.get(0), operands.get(operands.size() - 1));
    }
}
