package smelt.compiler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * Cuts a section into stages. Row-wise work goes first as soon as its inputs are there; then all products that share an
 * input go together, each with the elementwise expression that follows it.
 */
final class StagePlanner {
    /** Products in one expression; each holds a register per token. */
    static final int MAX_PRODUCTS = 2;

    private final Node root;
    private final Set<Node> order = new LinkedHashSet<>();
    private final Map<Node, List<Node>> users = new HashMap<>();
    private final Set<Node> done = new HashSet<>();
    private final List<Stage> stages = new ArrayList<>();

    private StagePlanner(Node root) {
        this.root = root;
        visit(root);
    }

    static List<Stage> plan(Node root) {
        StagePlanner planner = new StagePlanner(root);
        while (!planner.done.contains(root)) {
            planner.next();
        }
        planner.repeatRows();
        return Collections.unmodifiableList(planner.stages);
    }

    private void visit(Node node) {
        for (Node input : node.inputs()) {
            users.computeIfAbsent(input, n -> new ArrayList<>()).add(node);
            if (!order.contains(input)) {
                visit(input);
            }
        }
        order.add(node);
        if (isGiven(node.op())) {
            done.add(node);
        }
    }

    private static boolean isGiven(Op op) {
        return op == Op.INPUT || op == Op.WEIGHT || op == Op.TOKEN_EMBEDDING || op == Op.POSITION_EMBEDDING;
    }

    private static boolean isAnchor(Op op) {
        return op == Op.MATMUL || op == Op.ATTEND || op == Op.EXPERTS_UP || op == Op.EXPERTS_DOWN;
    }

    private void next() {
        List<Node> rowWise = new ArrayList<>();
        for (Node node : order) {
            if (!done.contains(node) && !isAnchor(node.op()) && done.containsAll(node.inputs())) {
                rowWise.add(node);
                done.add(node);
            }
        }
        if (!rowWise.isEmpty()) {
            stages.add(new Stage.RowWise(List.copyOf(rowWise), kept(rowWise), false));
            return;
        }
        Node anchor = order.stream()
                .filter(node -> !done.contains(node) && done.containsAll(node.inputs()))
                .findFirst()
                .orElseThrow(() -> Failure.of(FailureCode.INTERNAL, "No stage can follow: " + root));
        if (anchor.op() == Op.MATMUL) {
            products(anchor.input(0));
        } else {
            stages.add(anchor.op() == Op.ATTEND ? new Stage.Attend(anchor) : new Stage.Experts(anchor));
            done.add(anchor);
        }
    }

    /**
     * Every thread may do a row for itself but at the end of a section, where the next one reads it, and but where the
     * stage after it, which no barrier holds back, overwrites what it reads: the residual stream. The head's result has
     * a place of its own.
     */
    private void repeatRows() {
        int last = stages.size() - 1;
        for (int i = 0; i < last; i++) {
            if (stages.get(i) instanceof Stage.RowWise stage) {
                boolean overwritten = i + 1 == last && stage.nodes().stream().anyMatch(StagePlanner::readsInput);
                stages.set(i, new Stage.RowWise(stage.nodes(), stage.kept(), !overwritten));
            }
        }
    }

    private static boolean readsInput(Node node) {
        return node.op() != Op.WANTED && node.inputs().stream().anyMatch(input -> input.op() == Op.INPUT);
    }

    private Set<Node> kept(List<Node> nodes) {
        Set<Node> here = new HashSet<>(nodes);
        Set<Node> kept = new HashSet<>();
        for (Node node : nodes) {
            if (node == root || !here.containsAll(usersOf(node))) {
                kept.add(node);
            }
        }
        return kept;
    }

    private void products(Node input) {
        Set<Node> group = new LinkedHashSet<>();
        for (Node node : order) {
            if (node.op() == Op.MATMUL && node.input(0) == input && !done.contains(node)) {
                group.add(node);
            }
        }
        Set<Node> outputs = new LinkedHashSet<>();
        for (Node product : group) {
            outputs.add(follow(product, group));
        }
        outputs.forEach(output -> finish(output, group));
        stages.add(new Stage.Products(input, List.copyOf(group), List.copyOf(outputs)));
    }

    /** The largest elementwise expression over {@code product} that this stage can compute on its way out. */
    private Node follow(Node product, Set<Node> group) {
        Node result = product;
        while (result != root && usersOf(result).size() == 1) {
            Node user = usersOf(result).get(0);
            if (!user.op().isElementwise() || !user.inputs().stream().allMatch(n -> computable(n, group))) {
                break;
            }
            if (countProducts(user, group) > MAX_PRODUCTS) {
                break;
            }
            result = user;
        }
        return result;
    }

    private boolean computable(Node node, Set<Node> group) {
        if (done.contains(node)) {
            return true;
        }
        boolean inside = usersOf(node).size() == 1 && node != root;
        return inside
                && (group.contains(node)
                        || node.op().isElementwise() && node.inputs().stream().allMatch(n -> computable(n, group)));
    }

    private int countProducts(Node node, Set<Node> group) {
        if (done.contains(node)) {
            return 0;
        }
        return group.contains(node)
                ? 1
                : node.inputs().stream().mapToInt(n -> countProducts(n, group)).sum();
    }

    private void finish(Node node, Set<Node> group) {
        if (done.add(node) && !group.contains(node)) {
            node.inputs().forEach(input -> finish(input, group));
        }
    }

    private List<Node> usersOf(Node node) {
        return users.getOrDefault(node, List.of());
    }
}
