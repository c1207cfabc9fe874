package smelt.engine.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** JSON values that schemas name: whether they are equal, and their texts. */
final class Values {
    private Values() {}

    /** Numbers by their value, members in any order. */
    static boolean equal(JsonNode a, JsonNode b) {
        if (isBeyondAll(a) || isBeyondAll(b)) {
            return false;
        }
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        if (a.isArray() && b.isArray()) {
            boolean same = a.size() == b.size();
            for (int i = 0; same && i < a.size(); i++) {
                same = equal(a.path(i), b.path(i));
            }
            return same;
        }
        if (a.isObject() && b.isObject()) {
            return a.size() == b.size()
                    && a.propertyNames().stream().allMatch(name -> b.has(name) && equal(a.path(name), b.path(name)));
        }
        return a.equals(b);
    }

    /** The texts of any of these values. */
    static Expr anyOf(List<JsonNode> values, Located at) {
        List<Expr> choices = new ArrayList<>();
        List<String> scalars = new ArrayList<>();
        for (JsonNode value : values) {
            if (value.isContainer()) {
                choices.add(text(value, at));
            } else {
                scalars.add(scalar(value, at));
            }
        }
        if (!scalars.isEmpty()) {
            choices.add(new Expr.Graph(trie(scalars), List.of(Expr.EMPTY)));
        }
        return Expr.choice(choices);
    }

    private static Expr text(JsonNode value, Located at) {
        List<Expr> parts = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(item -> parts.add(text(item, at)));
            return Expr.sequence(Expr.text("["), Expr.joined(parts, JsonText.COMMA), Expr.text("]"));
        }
        if (value.isObject()) {
            value.properties()
                    .forEach(member -> parts.add(Expr.sequence(
                            Expr.text(quoted(member.getKey(), at)), JsonText.COLON, text(member.getValue(), at))));
            return Expr.sequence(Expr.text("{"), Expr.joined(parts, JsonText.COMMA), Expr.text("}"));
        }
        return Expr.text(scalar(value, at));
    }

    /** Whether it is a number that was too large to be read. */
    static boolean isBeyondAll(JsonNode value) {
        return (value.isDouble() || value.isFloat()) && !Double.isFinite(value.doubleValue());
    }

    private static String scalar(JsonNode value, Located at) {
        if (isBeyondAll(value)) {
            throw at.invalid("value", "is a number that is too large to be read");
        }
        return value.isString() ? quoted(value.asString(), at) : value.toString();
    }

    /** A string as JSON writes it. */
    static String quoted(String text, Located at) {
        var out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw at.invalid("text", "holds half a surrogate pair");
            }
            out.append(JsonText.PLAIN.contains(c) ? Character.toString(c) : JsonText.escaped(c));
        });
        return out.append('"').toString();
    }

    /** Texts that begin alike share how they begin. */
    private static ByteGraph trie(List<String> texts) {
        var graph = new ByteGraph();
        graph.addNode();
        Map<Long, Integer> children = new HashMap<>();
        for (String text : texts) {
            int node = 0;
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                int from = node;
                node = children.computeIfAbsent((long) from << 8 | b & 0xFF, edge -> {
                    int child = graph.addNode();
                    graph.addEdge(from, b & 0xFF, b & 0xFF, child);
                    return child;
                });
            }
            graph.setExit(node, 0);
        }
        return graph;
    }
}
