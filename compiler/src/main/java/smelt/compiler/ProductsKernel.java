package smelt.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Type;

/**
 * Lowers {@link Stage.Products}: for each output, this thread's panels of 16 columns; for each panel, rows in tiles;
 * the elementwise expression is computed on the sums while they are in registers.
 */
final class ProductsKernel {
    /** Rows done together, most first; 12 fill the 32 vector registers of AVX-512. */
    private static final int[] IN_REGISTERS = {12, 4, 1};

    /** The same where 16 rows may be a tile. */
    private static final int[] WITH_TILES = {PanelProduct.TILE_ROWS, 4, 1};

    private final KernelContext context;
    private final KernelBuilder k;
    private final Node input;
    private final List<Node> outputs;
    private final boolean tiles;

    private ProductsKernel(KernelContext context, Stage.Products stage, boolean tiles) {
        this.context = context;
        this.k = context.k;
        this.input = stage.input();
        this.outputs = stage.outputs();
        this.tiles = tiles && input.type() instanceof Type.Quantised;
    }

    static StepProgram.Call lower(
            Stage.Products stage, MemoryPlan buffers, boolean wanted, boolean tiles, String name) {
        KernelContext context = new KernelContext(buffers);
        ProductsKernel kernel = new ProductsKernel(context, stage, tiles);
        Node rows = context.count(wanted ? StepField.WANTED_COUNT : StepField.ROW_COUNT);
        stage.outputs().forEach(output -> kernel.output(output, rows));
        return context.finish(name, stage.cost());
    }

    private void output(Node output, Node rows) {
        Node panels = k.integer((output.width() + PanelLayout.PANEL_ROWS - 1) / PanelLayout.PANEL_ROWS);
        k.loop(context.shareBegin(panels), context.shareEnd(panels), 1, panel -> {
            Node begin = k.integer(0);
            for (int tile : tiles ? WITH_TILES : IN_REGISTERS) {
                Node end = k.mul(k.div(rows, tile), tile);
                k.loop(begin, end, tile, first -> tile(output, panel, first, tile));
                begin = end;
            }
        });
    }

    private void tile(Node output, Node panel, Node first, int count) {
        List<ActivationRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new ActivationRow(context.row(input, k.add(first, i)), input.type(), k.integer(0)));
        }
        Map<Node, List<Node>> products = new HashMap<>();
        collect(output, panel, rows, products);
        Node at = k.mul(panel, PanelLayout.PANEL_ROWS * 4L);
        for (int i = 0; i < count; i++) {
            Node row = k.add(first, i);
            Node value = evaluate(output, products, row, i, at);
            k.store(MemoryKind.F32, k.add(context.row(output, row), at), value);
        }
    }

    private void collect(Node node, Node panel, List<ActivationRow> rows, Map<Node, List<Node>> products) {
        if (isProduct(node)) {
            if (!products.containsKey(node)) {
                PanelLayout layout = KernelContext.layout(node.input(1));
                Node address = k.add(context.matrix(node.input(1)), k.mul(panel, layout.panelBytes()));
                products.put(node, PanelProduct.of(k, layout, address, rows, tileScratch(rows.size())));
            }
        } else if (node.op().isElementwise() && !isReady(node)) {
            node.inputs().forEach(operand -> collect(operand, panel, rows, products));
        }
    }

    private Optional<PanelProduct.TileScratch> tileScratch(int rows) {
        if (!tiles || rows != PanelProduct.TILE_ROWS) {
            return Optional.empty();
        }
        Node scratch = context.argument(Argument.Scratch.SCRATCH);
        Node own = k.add(scratch, k.mul(k.thread(), StepProgram.SCRATCH_BYTES));
        return Optional.of(new PanelProduct.TileScratch(own, RowLayout.stride(input.type())));
    }

    /** True where an earlier stage has computed the rows; an output may share its buffer with one that has. */
    private boolean isReady(Node node) {
        return context.isReady(node) && !outputs.contains(node);
    }

    private boolean isProduct(Node node) {
        return node.op() == Op.MATMUL && node.input(0) == input && !isReady(node);
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
