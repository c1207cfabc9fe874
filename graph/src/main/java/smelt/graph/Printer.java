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
            out.append("     ").append(slot).append(" = ");
            out.append(type(node.type())).append('\n');
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
        String attr = attr(node.attr());
        indent(depth).append(name).append(" = ").append(node.op());
        out.append(inputs.stream().collect(Collectors.joining(", ", "(", ")")));
        out.append(attr.isEmpty() ? "" : " " + attr)
                .append(" : ")
                .append(type(node.type()))
                .append('\n');
        return name;
    }

    private static String attr(Attr attr) {
        return switch (attr) {
            case Attr.None none -> "";
            case Attr.Text text -> text.value();
            case Attr.Whole whole -> Long.toString(whole.value());
            case Attr.Real real -> Float.toString(real.value());
            case Attr.Memory memory -> memory.kind().toString();
            case Attr.Tile tile -> tile.vectors() + " vectors, rows " + tile.stride() + " bytes apart";
            case Attr.Columns columns -> "columns " + columns.from() + " to " + (columns.from() + columns.width() - 1);
            case Attr.Rope rope ->
                "heads of " + rope.headWidth() + ", " + rope.pairing() + ", "
                        + rope.inverseFrequencies().size() + " frequencies, magnitude " + rope.magnitude();
            case Attr.Bytes bytes -> bytes.values().toString();
            case Attr.Norm norm -> norm.toString();
            case Attr.Attention attention -> attention.toString();
            case Attr.Experts experts -> experts.toString();
            case Attr.Slot slot -> slot.name();
        };
    }

    private static String type(Type type) {
        return switch (type) {
            case Type.Rows rows -> "f32 x " + rows.width();
            case Type.Quantised quantised -> (quantised.wide() ? "int16 x " : "int8 x ") + quantised.width();
            case Type.Weight weight ->
                weight.dtype() + (weight.count() == 1 ? " [" : " " + weight.count() + " x [") + weight.rows() + ", "
                        + weight.columns() + "]";
            case Type.Value value -> value.toString();
            case Type.Effect effect -> "";
        };
    }

    private String name(Node node) {
        return names.computeIfAbsent(node, n -> "%" + names.size());
    }

    private StringBuilder indent(int depth) {
        return out.append("  ".repeat(depth));
    }
}
