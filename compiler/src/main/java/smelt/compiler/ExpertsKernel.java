package smelt.compiler;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/** Lowers {@link Stage.Experts}: this thread's panels of each row's experts, one row at a time. */
final class ExpertsKernel {
    private final KernelContext context;
    private final KernelBuilder k;
    private final Node node;
    private final Attr.Experts experts;

    private ExpertsKernel(KernelContext context, Node node) {
        this.context = context;
        this.k = context.k;
        this.node = node;
        this.experts = node.attr(Attr.Experts.class);
    }

    static StepProgram.Call lower(Stage.Experts stage, MemoryPlan buffers, String name) {
        KernelContext context = new KernelContext(buffers);
        ExpertsKernel kernel = new ExpertsKernel(context, stage.node());
        if (stage.node().op() == Op.EXPERTS_UP) {
            kernel.up();
        } else {
            kernel.down();
        }
        return context.finish(name, stage.cost(), kernel.products());
    }

    private List<StepProgram.Product> products() {
        List<Node> weights =
                node.op() == Op.EXPERTS_UP ? List.of(node.input(2), node.input(3)) : List.of(node.input(2));
        return weights.stream()
                .map(weight -> KernelContext.product(node.input(0), weight, experts.used()))
                .toList();
    }

    private void up() {
        Node gate = node.input(2);
        Node up = node.input(3);
        int hidden = hidden(KernelContext.layout(up), KernelContext.layout(up).rows());
        forPanels(
                up,
                (panel, row) -> k.loop(0, experts.used(), 1, rank -> {
                    Node expert = expert(row, rank);
                    ActivationRows input = new ActivationRows(
                            context.row(node.input(0), row), 1, node.input(0).type(), k.integer(0));
                    Node gated = Functions.activation(k, experts.activation(), product(gate, expert, panel, input));
                    Node value = k.mulF(gated, product(up, expert, panel, input));
                    Node at = k.add(k.mul(rank, hidden * 4L), k.mul(panel, 64));
                    k.store(MemoryKind.F32, k.add(context.row(node, row), at), value);
                }));
    }

    private void down() {
        Node down = node.input(2);
        int hidden =
                hidden(KernelContext.layout(down), KernelContext.layout(down).columns());
        forPanels(down, (panel, row) -> {
            Node total = k.local(k.real(0));
            k.loop(0, experts.used(), 1, rank -> {
                ActivationRows input = new ActivationRows(
                        context.row(node.input(0), row), 1, node.input(0).type(), k.mul(rank, hidden));
                Node value = product(down, expert(row, rank), panel, input);
                Node at = k.add(k.add(routes(row), RouteRow.weights(experts)), k.mul(rank, 4));
                k.write(total, k.fma(k.load(MemoryKind.ONE_F32, at), value, k.read(total)));
            });
            k.store(MemoryKind.F32, k.add(context.row(node, row), k.mul(panel, 64)), k.read(total));
        });
    }

    private interface PanelBody {
        void accept(Node panel, Node row);
    }

    private void forPanels(Node weight, PanelBody body) {
        Node rows = context.count(StepField.ROW_COUNT);
        Node panels = k.integer(KernelContext.layout(weight).panels());
        k.loop(
                context.shareBegin(panels),
                context.shareEnd(panels),
                1,
                panel -> k.loop(k.integer(0), rows, 1, row -> body.accept(panel, row)));
    }

    private Node product(Node weight, Node expert, Node panel, ActivationRows input) {
        PanelLayout layout = KernelContext.layout(weight);
        Node matrix = k.add(context.matrix(weight), k.mul(expert, layout.bytes()));
        Node address = k.add(matrix, k.mul(panel, layout.panelBytes()));
        return PanelProduct.of(k, layout, address, input).getFirst();
    }

    private Node routes(Node row) {
        return context.row(node.input(1), row);
    }

    private Node expert(Node row, Node rank) {
        return k.load(MemoryKind.WORD, k.add(routes(row), k.mul(rank, 4)));
    }

    /** Each expert's hidden columns start on a vector, and on a block where they are quantised. */
    private static int hidden(PanelLayout layout, int columns) {
        int multiple = layout.type().isFloat() ? PanelLayout.PANEL_ROWS : PanelLayout.BLOCK_COLUMNS;
        if (columns % multiple != 0) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    "Experts with a hidden width of " + columns + ", no multiple of " + multiple);
        }
        return columns;
    }
}
