package smelt.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Nodes as text for people: one line each, values numbered in order of appearance. */
public final class Printer {
    private final Map<Node, String> names = new HashMap<>();
    private final StringBuilder out = new StringBuilder();

    private Printer() {}

    /** A tensor expression in evaluation order, or a kernel. */
    public static String print(Node node) {
        Printer printer = new Printer();
        if (node.op() == Op.KERNEL) {
            printer.out
                    .append("kernel ")
                    .append(node.attr(Attr.Text.class).value())
                    .append('\n');
            printer.block(node.input(0), 1);
        } else {
            printer.tensor(node);
        }
        return printer.out.toString();
    }

    private String tensor(Node node) {
        String known = names.get(node);
        if (known != null) {
            return known;
        }
        List<String> inputs = node.inputs().stream().map(this::tensor).toList();
        if (node.op() == Op.WEIGHT) {
            String slot = node.attr(Attr.Slot.class).name();
            names.put(node, slot);
            out.append("     ")
                    .append(slot)
                    .append(" = weight ")
                    .append(node.type())
                    .append('\n');
            return slot;
        }
        return line(node, inputs, 0);
    }

    private void block(Node block, int depth) {
        for (Node node : block.inputs()) {
            switch (node.op()) {
                case FOR -> {
                    String index = name(node.input(2));
                    indent(depth).append("for ").append(index).append(" = ").append(name(node.input(0)));
                    out.append(" below ").append(name(node.input(1))).append(" step ");
                    out.append(node.attr(Attr.Whole.class).value()).append('\n');
                    block(node.input(3), depth + 1);
                }
                case IF -> {
                    indent(depth).append("if ").append(name(node.input(0))).append('\n');
                    block(node.input(1), depth + 1);
                    indent(depth).append("else\n");
                    block(node.input(2), depth + 1);
                }
                default -> line(node, node.inputs().stream().map(this::name).toList(), depth);
            }
        }
    }

    private String line(Node node, List<String> inputs, int depth) {
        String name = name(node);
        String attr = node.attr() == Attr.None.NONE ? "" : " " + node.attr();
        indent(depth).append(name).append(" = ").append(node.op());
        out.append(inputs.stream().collect(Collectors.joining(", ", "(", ")")));
        out.append(attr).append(" : ").append(node.type()).append('\n');
        return name;
    }

    private String name(Node node) {
        return names.computeIfAbsent(node, n -> "%" + names.size());
    }

    private StringBuilder indent(int depth) {
        return out.append("  ".repeat(depth));
    }
}
