package smelt.engine.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Looks for texts in free text: the automaton of Aho and Corasick (1975) over bytes. */
final class Scan {
    private static final int MOST_BYTES = 8192;
    private static final int BYTES = 256;

    private final List<int[]> next = new ArrayList<>();
    /** The longest proper end of a node's text that is the text of a node, too. */
    private final List<Integer> shorter = new ArrayList<>();

    private final List<Integer> found = new ArrayList<>();
    private final List<String> texts;
    private final Controls controls;

    private Scan(List<String> texts, Controls controls) {
        this.texts = texts;
        this.controls = controls;
        addNode();
        int total = 0;
        for (int number = 0; number < texts.size(); number++) {
            byte[] bytes = texts.get(number).getBytes(StandardCharsets.UTF_8);
            total += bytes.length;
            if (bytes.length == 0 || total > MOST_BYTES) {
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        "A text to look for must not be empty, and all together have at most " + MOST_BYTES + " bytes");
            }
            int node = path(bytes, bytes.length, true);
            found.set(node, found.get(node) < 0 ? number : found.get(node));
        }
        link();
    }

    /** Free text up to and with the first of these texts; what follows then is told by their numbers. */
    static Expr upTo(List<String> texts, List<Expr> behind, Controls controls) {
        return new Expr.Graph(new Scan(texts, controls).graph(false), behind);
    }

    /** Free text without any of these texts. */
    static Expr without(List<String> texts) {
        return new Expr.Graph(new Scan(texts, Controls.NONE).graph(true), List.of(Expr.EMPTY));
    }

    private int addNode() {
        int[] none = new int[BYTES];
        Arrays.fill(none, -1);
        next.add(none);
        shorter.add(0);
        found.add(-1);
        return next.size() - 1;
    }

    /** The node of the first bytes of a text. */
    private int path(byte[] bytes, int length, boolean make) {
        int node = 0;
        for (int i = 0; i < length; i++) {
            int b = bytes[i] & 0xFF;
            if (make && next.get(node)[b] < 0) {
                int child = addNode();
                next.get(node)[b] = child;
            }
            node = next.get(node)[b];
        }
        return node;
    }

    /** Breadth first: the links of shorter texts are there before they are needed. */
    private void link() {
        Deque<Integer> open = new ArrayDeque<>(List.of(0));
        while (!open.isEmpty()) {
            int node = open.remove();
            int link = shorter.get(node);
            found.set(node, found.get(node) < 0 && node != 0 ? found.get(link) : found.get(node));
            for (int b = 0; b < BYTES; b++) {
                int child = next.get(node)[b];
                int fallback = node == 0 ? 0 : next.get(link)[b];
                if (child < 0) {
                    next.get(node)[b] = fallback;
                } else {
                    shorter.set(child, fallback);
                    open.add(child);
                }
            }
        }
    }

    /** @param without whether text may end anywhere, but not find anything */
    private ByteGraph graph(boolean without) {
        var graph = new ByteGraph();
        for (int node = 0; node < next.size(); node++) {
            graph.addNode();
        }
        for (int node = 0; node < next.size(); node++) {
            boolean isFound = found.get(node) >= 0;
            if (without && !isFound) {
                graph.setExit(node, 0);
            } else if (!without && isFound) {
                graph.setExit(node, found.get(node));
            }
            if (!isFound) {
                addEdges(graph, node, without);
            }
        }
        texts.forEach(text -> addTokens(graph, text));
        return graph;
    }

    private void addEdges(ByteGraph graph, int node, boolean without) {
        int[] targets = next.get(node);
        for (int low = 0; low < BYTES; ) {
            int high = low;
            while (high + 1 < BYTES && targets[high + 1] == targets[low]) {
                high++;
            }
            if (!without || found.get(targets[low]) < 0) {
                graph.addEdge(node, low, high, targets[low]);
            }
            low = high + 1;
        }
    }

    /** Control tokens that stand for parts of the text, wherever what comes before that part was written. */
    private void addTokens(ByteGraph graph, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int begin = 0; begin < text.length(); begin++) {
            for (Controls.Occurrence control : controls.at(text, begin)) {
                int from = path(bytes, length(text, begin), false);
                int to = path(bytes, length(text, begin + control.length()), false);
                for (int node = 0; node < next.size(); node++) {
                    if (found.get(node) < 0 && endsWith(node, from)) {
                        graph.addToken(node, control.token(), to);
                    }
                }
            }
        }
    }

    private static int length(String text, int chars) {
        return text.substring(0, chars).getBytes(StandardCharsets.UTF_8).length;
    }

    private boolean endsWith(int node, int end) {
        int at = node;
        while (at != end && at != 0) {
            at = shorter.get(at);
        }
        return at == end;
    }
}
