package smelt.engine.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Texts of a pattern that have so many characters: the pattern's positions (Glushkov 1961) times the count, as far as
 * an end can be reached from there.
 */
final class CountedLetters {
    private static final int MOST_POSITIONS = 2_000;
    private static final int MOST_STATES = 20_000;
    private static final long MOST_EDGES = 60_000;

    /** By position: its characters, and the positions that may follow; 0 is before all. */
    private final List<CharSet> sets = new ArrayList<>(List.of(CharSet.NONE));

    private final List<BitSet> follow = new ArrayList<>(List.of(new BitSet()));
    private final BitSet lasts = new BitSet();

    private CountedLetters() {}

    /** First and last positions of a part, and whether it may be empty. */
    private record Part(BitSet firsts, BitSet lasts, boolean nullable) {}

    /**
     * The content of a JSON string.
     *
     * @param pattern of characters, without calls
     * @param most {@code Integer.MAX_VALUE} for any number
     */
    static Expr content(Expr pattern, int least, int most) {
        var letters = new CountedLetters();
        Part all = letters.add(pattern);
        letters.follow.getFirst().or(all.firsts);
        letters.lasts.or(all.lasts);
        if (all.nullable) {
            letters.lasts.set(0);
        }
        return letters.graph(least, most);
    }

    private Part add(Expr expr) {
        return switch (expr) {
            case Expr.Chars chars -> letter(chars.set());
            case Expr.Sequence sequence -> sequence(sequence.parts());
            case Expr.Choice choice -> {
                var all = new Part(new BitSet(), new BitSet(), false);
                for (Expr each : choice.choices()) {
                    all = either(all, add(each));
                }
                yield all;
            }
            case Expr.Repeat repeat -> repeat(repeat);
            case Expr.Text text -> throw new IllegalStateException("patterns are made of characters");
            case Expr.Graph graph -> throw new IllegalStateException("patterns are made of characters");
            case Expr.Call call -> throw new IllegalStateException("patterns are made of characters");
        };
    }

    private Part letter(CharSet set) {
        if (sets.size() > MOST_POSITIONS) {
            throw tooLarge();
        }
        var self = new BitSet();
        self.set(sets.size());
        sets.add(set);
        follow.add(new BitSet());
        return new Part(self, self, false);
    }

    private Part sequence(List<Expr> parts) {
        var all = new Part(new BitSet(), new BitSet(), true);
        for (Expr part : parts) {
            all = then(all, add(part));
        }
        return all;
    }

    private Part then(Part first, Part second) {
        first.lasts.stream().forEach(last -> follow.get(last).or(second.firsts));
        return new Part(
                first.nullable ? union(first.firsts, second.firsts) : first.firsts,
                second.nullable ? union(first.lasts, second.lasts) : second.lasts,
                first.nullable && second.nullable);
    }

    private static Part either(Part first, Part second) {
        return new Part(
                union(first.firsts, second.firsts),
                union(first.lasts, second.lasts),
                first.nullable || second.nullable);
    }

    private static BitSet union(BitSet a, BitSet b) {
        var all = (BitSet) a.clone();
        all.or(b);
        return all;
    }

    private Part repeat(Expr.Repeat repeat) {
        var all = new Part(new BitSet(), new BitSet(), true);
        boolean unbounded = repeat.most() == Integer.MAX_VALUE;
        int copies = unbounded ? Math.max(1, repeat.least()) : repeat.most();
        for (int i = 0; i < copies; i++) {
            Part part = add(repeat.part());
            if (unbounded && i == copies - 1) {
                part.lasts.stream().forEach(last -> follow.get(last).or(part.firsts));
            }
            boolean optional = i >= repeat.least() || part.nullable;
            all = then(all, new Part(part.firsts, part.lasts, optional));
            if (sets.size() == 1) {
                break; // copies of nothing
            }
        }
        return all;
    }

    /** Counts beyond {@code least} are one where there is no upper bound. */
    private Expr graph(int least, int most) {
        boolean unbounded = most == Integer.MAX_VALUE;
        int counts = 1 + (unbounded ? least : Math.min(most, MOST_STATES));
        if ((long) sets.size() * counts > 50L * MOST_STATES) {
            throw tooLarge();
        }
        List<BitSet> live = live(least, counts, unbounded);
        var graph = new ByteGraph();
        int start = graph.addNode();
        if (!live.getFirst().get(0)) {
            return Expr.NEVER;
        }
        Map<Long, Integer> known = new HashMap<>(Map.of(0L, start));
        Map<List<ByteGraph.Edge>, Integer> equals = new HashMap<>();
        Deque<Long> open = new ArrayDeque<>(List.of(0L));
        long edges = 0;
        while (!open.isEmpty()) {
            long state = open.remove();
            int position = (int) (state >> 32);
            int count = (int) state;
            int node = known.getOrDefault(state, start);
            if (count >= least && lasts.get(position)) {
                graph.setExit(node, 0);
            }
            int next = unbounded ? Math.min(count + 1, least) : count + 1;
            if (next >= counts) {
                continue;
            }
            for (int q : follow.get(position).stream().toArray()) {
                if (live.get(next).get(q)) {
                    int target = known.computeIfAbsent((long) q << 32 | next, key -> {
                        open.add(key);
                        return graph.addNode();
                    });
                    addLetter(graph, node, sets.get(q), target, equals);
                    if (known.size() > MOST_STATES || ++edges > MOST_EDGES) {
                        throw tooLarge();
                    }
                }
            }
        }
        return new Expr.Graph(graph, List.of(Expr.EMPTY));
    }

    /** By count: the positions from which an end can be reached. */
    private List<BitSet> live(int least, int counts, boolean unbounded) {
        List<BitSet> live = new ArrayList<>();
        for (int count = 0; count < counts; count++) {
            live.add(new BitSet());
        }
        for (int count = counts - 1; count >= 0; count--) {
            if (count >= least) {
                live.get(count).or(lasts);
            }
            boolean loops = unbounded && count == counts - 1;
            BitSet next = loops ? live.get(count) : count + 1 < counts ? live.get(count + 1) : new BitSet();
            boolean grows = true;
            while (grows) {
                int before = live.get(count).cardinality();
                for (int position = 0; position < sets.size(); position++) {
                    if (follow.get(position).intersects(next)) {
                        live.get(count).set(position);
                    }
                }
                grows = loops && live.get(count).cardinality() > before;
            }
        }
        return live;
    }

    private static void addLetter(
            ByteGraph graph, int node, CharSet set, int target, Map<List<ByteGraph.Edge>, Integer> equals) {
        Utf8.Nodes nodes = edges -> equals.computeIfAbsent(edges, all -> {
            int made = graph.addNode();
            all.forEach(edge -> graph.addEdge(made, edge.low(), edge.high(), edge.target()));
            return made;
        });
        Utf8.edges(set.and(JsonText.PLAIN), target, nodes)
                .forEach(edge -> graph.addEdge(node, edge.low(), edge.high(), edge.target()));
        CharSet escapes = JsonText.escapes(set);
        if (!escapes.isEmpty()) {
            graph.addEdge(node, '\\', '\\', nodes.of(Utf8.edges(escapes, target, nodes)));
        }
    }

    private static Failure tooLarge() {
        return Failure.of(FailureCode.LIMIT_EXCEEDED, "A pattern together with minLength or maxLength is too large")
                .withNextStep("write the length into the pattern, or use smaller counts");
    }
}
