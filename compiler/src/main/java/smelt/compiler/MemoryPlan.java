package smelt.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.graph.Node;

/**
 * Where things lie while a step runs: which buffer holds which node's rows. Sections run one after another, so the n-th
 * buffer of each section is the same memory; within a section each node has its own.
 */
final class MemoryPlan {
    private final List<StepProgram.Buffer> buffers = new ArrayList<>();
    private final Map<Node, Integer> assigned = new HashMap<>();
    private final Set<Node> repeated = new HashSet<>();
    private final CacheLayout cache;
    private int next;
    private boolean wanted;

    /** {@code width}: of the head. */
    MemoryPlan(int hidden, int width, CacheLayout cache) {
        this.cache = cache;
        int stride = RowLayout.floatStride(hidden);
        buffers.add(new StepProgram.Buffer(stride, false));
        buffers.add(new StepProgram.Buffer(stride, false));
        buffers.add(new StepProgram.Buffer(stride, false));
        buffers.add(new StepProgram.Buffer(RowLayout.floatStride(width), true));
        buffers.add(new StepProgram.Buffer(new SummaryLayout(width).stride(), true));
    }

    CacheLayout cache() {
        return cache;
    }

    /** Starts a section; {@code wanted}: its rows are the wanted ones. */
    void startSection(boolean wantedRows) {
        assigned.clear();
        repeated.clear();
        wanted = wantedRows;
        next = StepProgram.SUMMARY + 1;
    }

    void assign(Node node, int buffer) {
        assigned.put(node, buffer);
    }

    /** Of a single row of {@code node} each thread will have its own. */
    void repeat(Node node) {
        repeated.add(node);
    }

    boolean isRepeated(Node node) {
        return repeated.contains(node);
    }

    boolean has(Node node) {
        return assigned.containsKey(node);
    }

    /** The node's buffer; the first call makes room. */
    int of(Node node) {
        Integer known = assigned.get(node);
        return known != null ? known : reserve(node);
    }

    private int reserve(Node node) {
        StepProgram.Buffer needed = new StepProgram.Buffer(RowLayout.stride(node.type()), wanted);
        while (next < buffers.size() && buffers.get(next).wanted() != wanted) {
            next++;
        }
        if (next == buffers.size()) {
            buffers.add(needed);
        } else if (buffers.get(next).stride() < needed.stride()) {
            buffers.set(next, needed);
        }
        assigned.put(node, next);
        return next++;
    }

    List<StepProgram.Buffer> all() {
        return List.copyOf(buffers);
    }
}
