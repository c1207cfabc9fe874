package smelt.engine.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import smelt.engine.constraint.ByteGraph.Edge;
import smelt.engine.constraint.Expr.Rule;
import smelt.engine.constraint.Node.Kind;

/** Makes the network of an expression, from its end to its beginning. */
final class NetworkBuilder {
    /** Nodes of something repeated that are written out rather than counted. */
    private static final int UNROLLED = 48;

    private static final Counter NO_COUNTER = new Counter(-1, 0, 0);

    private final Controls controls;
    private final Nullability nullability = new Nullability();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Rule, Integer> rules = new HashMap<>();
    private final Deque<Rule> open = new ArrayDeque<>();
    /** Nodes with equal edges are one. */
    private final Map<List<Edge>, Integer> equals = new HashMap<>();

    private int counters;

    private NetworkBuilder(Controls controls) {
        this.controls = controls;
    }

    /** @param controls tokens that may stand for parts of texts */
    static Network build(Expr expr, Controls controls) {
        var builder = new NetworkBuilder(controls);
        builder.add(Kind.END, NO_COUNTER);
        int start = builder.compile(expr, Network.END);
        while (!builder.open.isEmpty()) {
            Rule rule = builder.open.remove();
            Node begin = builder.nodes.get(builder.rules.getOrDefault(rule, 0));
            begin.targets = new int[] {builder.compile(rule.body(), Network.END)};
        }
        return Productivity.prune(new Network(List.copyOf(builder.nodes), start));
    }

    private Node add(Kind kind, Counter counter) {
        if (nodes.size() >= Limits.NODES) {
            throw Limits.tooLarge();
        }
        Node node = new Node(nodes.size(), kind, counter);
        nodes.add(node);
        return node;
    }

    private int split(int... targets) {
        Node node = add(Kind.SPLIT, NO_COUNTER);
        node.targets = targets;
        return node.id;
    }

    /** Where what the expression derives leads to {@code next}. */
    private int compile(Expr expr, int next) {
        return switch (expr) {
            case Expr.Text text -> text(text, next);
            case Expr.Chars chars -> bytes(Utf8.edges(chars.set(), next, this::bytes));
            case Expr.Sequence sequence -> {
                int at = next;
                for (Expr part : sequence.parts().reversed()) {
                    at = compile(part, at);
                }
                yield at;
            }
            case Expr.Choice choice ->
                split(choice.choices().stream()
                        .mapToInt(each -> compile(each, next))
                        .toArray());
            case Expr.Repeat repeat -> repeat(repeat, next);
            case Expr.Graph graph -> graph(graph, next);
            case Expr.Call call -> call(call.rule(), next);
        };
    }

    private int bytes(List<Edge> edges) {
        return equals.computeIfAbsent(edges, all -> {
            Node node = add(Kind.BYTES, NO_COUNTER);
            node.edges = flat(all);
            return node.id;
        });
    }

    private static int[] flat(List<Edge> edges) {
        int[] flat = new int[3 * edges.size()];
        for (int i = 0; i < edges.size(); i++) {
            flat[3 * i] = edges.get(i).low();
            flat[3 * i + 1] = edges.get(i).high();
            flat[3 * i + 2] = edges.get(i).target();
        }
        return flat;
    }

    private int text(Expr.Text text, int next) {
        String all = text.text();
        int[] at = new int[all.length() + 1];
        at[all.length()] = next;
        int node = next;
        for (int end = all.length(); end > 0; ) {
            int begin = end - Character.charCount(all.codePointBefore(end));
            byte[] bytes = all.substring(begin, end).getBytes(StandardCharsets.UTF_8);
            for (int i = bytes.length - 1; i >= 0; i--) {
                int b = bytes[i] & 0xFF;
                node = bytes(List.of(new Edge(b, b, node)));
            }
            node = text.spelled() ? spelled(all, begin, at, node) : node;
            at[begin] = node;
            end = begin;
        }
        return node;
    }

    /** The node at {@code begin}, with the tokens that spell what follows. */
    private int spelled(String text, int begin, int[] at, int node) {
        List<Controls.Occurrence> found = controls.at(text, begin);
        if (found.isEmpty()) {
            return node;
        }
        Node own = add(Kind.BYTES, NO_COUNTER);
        own.edges = nodes.get(node).edges;
        own.tokens = new int[2 * found.size()];
        for (int i = 0; i < found.size(); i++) {
            own.tokens[2 * i] = found.get(i).token();
            own.tokens[2 * i + 1] = at[begin + found.get(i).length()];
        }
        return own.id;
    }

    private int repeat(Expr.Repeat repeat, int next) {
        int least = repeat.least();
        int most = repeat.most();
        boolean unbounded = most == Integer.MAX_VALUE;
        if (most == 0) {
            return next;
        }
        if (unbounded && least <= 1) {
            return star(repeat.part(), least, next);
        }
        long copies = unbounded ? least : most;
        if (copies == 1 || copies * cost(repeat.part()) <= UNROLLED) {
            return unrolled(repeat, next);
        }
        return counted(repeat, next);
    }

    private int star(Expr part, int least, int next) {
        Node loop = add(Kind.SPLIT, NO_COUNTER);
        int body = compile(part, loop.id);
        loop.targets = new int[] {body, next};
        return least == 0 ? loop.id : body;
    }

    private int unrolled(Expr.Repeat repeat, int next) {
        boolean unbounded = repeat.most() == Integer.MAX_VALUE;
        int at = unbounded ? star(repeat.part(), 0, next) : next;
        for (int i = repeat.least(); !unbounded && i < repeat.most(); i++) {
            at = split(compile(repeat.part(), at), next);
        }
        for (int i = 0; i < repeat.least(); i++) {
            at = compile(repeat.part(), at);
        }
        return at;
    }

    /** About how many nodes the expression needs. */
    private static long cost(Expr expr) {
        return switch (expr) {
            case Expr.Text text -> text.text().length();
            case Expr.Chars chars -> 1;
            case Expr.Sequence sequence -> cost(sequence.parts());
            case Expr.Choice choice -> 1 + cost(choice.choices());
            case Expr.Repeat repeat -> {
                long each = 1 + cost(repeat.part());
                long copies = repeat.most() == Integer.MAX_VALUE ? repeat.least() : repeat.most();
                yield copies * each <= UNROLLED ? copies * each : 2 + each;
            }
            case Expr.Graph graph -> graph.graph().size() + cost(graph.behind());
            case Expr.Call call -> 1;
        };
    }

    private static long cost(List<Expr> exprs) {
        return exprs.stream().mapToLong(NetworkBuilder::cost).sum();
    }

    private int counted(Expr.Repeat repeat, int next) {
        int least = nullability.isNullable(repeat.part()) ? 0 : repeat.least();
        Counter counter = new Counter(counters++, least, repeat.most());
        Node begin = add(Kind.BEGIN, counter);
        Node loop = add(Kind.LOOP, counter);
        Node more = add(Kind.NEXT, counter);
        begin.targets = new int[] {loop.id};
        more.targets = new int[] {loop.id};
        loop.targets = new int[] {compile(nullability.filled(repeat.part()), more.id), next};
        return begin.id;
    }

    private int graph(Expr.Graph graph, int next) {
        ByteGraph of = graph.graph();
        int[] behind =
                graph.behind().stream().mapToInt(expr -> compile(expr, next)).toArray();
        int first = nodes.size();
        for (int i = 0; i < of.size(); i++) {
            add(Kind.BYTES, NO_COUNTER);
        }
        int[] entries = new int[of.size()];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = of.exit(i) == ByteGraph.NO_EXIT ? first + i : split(first + i, behind[of.exit(i)]);
        }
        for (int i = 0; i < entries.length; i++) {
            Node node = nodes.get(first + i);
            node.edges = flat(of.edges(i).stream()
                    .map(edge -> new Edge(edge.low(), edge.high(), entries[edge.target()]))
                    .toList());
            node.tokens = of.tokens(i).stream()
                    .flatMapToInt(edge -> Arrays.stream(new int[] {edge.token(), entries[edge.target()]}))
                    .toArray();
        }
        return entries[0];
    }

    private int call(Rule rule, int next) {
        Integer known = rules.get(rule);
        int begin;
        if (known == null) {
            begin = split();
            rules.put(rule, begin);
            open.add(rule);
        } else {
            begin = known;
        }
        if (next == Network.END) {
            return begin;
        }
        Node call = add(Kind.CALL, NO_COUNTER);
        call.targets = new int[] {begin, next};
        return call.id;
    }
}
