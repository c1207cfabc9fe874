package smelt.engine.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Takes out of a network what leads nowhere, so that whatever was begun can be brought to an end. */
final class Productivity {
    private final Network network;
    private final List<List<Integer>> waiting = new ArrayList<>();
    private final BitSet productive = new BitSet();
    private final Deque<Integer> open = new ArrayDeque<>();

    private Productivity(Network network) {
        this.network = network;
        network.nodes().forEach(node -> waiting.add(new ArrayList<>(2)));
    }

    /** @throws Failure INVALID_ARGUMENT where no text at all fits */
    static Network prune(Network network) {
        var productivity = new Productivity(network);
        productivity.find();
        if (!productivity.productive.get(network.start())) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "No text fits the grammar")
                    .withNextStep("look for parts that contradict each other, or that contain themselves without end");
        }
        network.nodes().forEach(productivity::prune);
        return network;
    }

    private void find() {
        for (Node node : network.nodes()) {
            for (int i = 2; i < node.edges.length; i += 3) {
                waiting.get(node.edges[i]).add(node.id);
            }
            for (int i = 1; i < node.tokens.length; i += 2) {
                waiting.get(node.tokens[i]).add(node.id);
            }
            for (int target : node.targets) {
                waiting.get(target).add(node.id);
            }
        }
        mark(Network.END);
        while (!open.isEmpty()) {
            for (int id : waiting.get(open.remove())) {
                if (leads(network.node(id))) {
                    mark(id);
                }
            }
        }
    }

    private void mark(int id) {
        if (!productive.get(id)) {
            productive.set(id);
            open.add(id);
        }
    }

    private boolean leads(Node node) {
        return switch (node.kind) {
            case BYTES, SPLIT, BEGIN, NEXT, END -> true;
            case CALL -> productive.get(node.targets[0]) && productive.get(node.targets[1]);
            case LOOP -> productive.get(node.targets[1]) && (node.counter.least() == 0 || leadsBack(node));
        };
    }

    /** Whether the body of a loop that must run leads to the loop's next turn, if that leads to the loop's end. */
    private boolean leadsBack(Node loop) {
        for (int id : waiting.get(loop.id)) {
            if (network.node(id).kind == Node.Kind.NEXT) {
                mark(id);
            }
        }
        return productive.get(loop.targets[0]);
    }

    private void prune(Node node) {
        switch (node.kind) {
            case BYTES -> {
                node.edges = kept(node.edges, 3);
                node.tokens = kept(node.tokens, 2);
            }
            case SPLIT -> node.targets = kept(node.targets, 1);
            case LOOP -> {
                // a body that leads nowhere is not begun
                if (!productive.get(node.targets[0])) {
                    node.targets = new int[] {-1, node.targets[1]};
                }
            }
            case CALL, END, BEGIN, NEXT -> {}
        }
    }

    /** Groups of so many numbers, the last of which is a productive node. */
    private int[] kept(int[] all, int size) {
        int[] kept = new int[all.length];
        int count = 0;
        for (int i = 0; i < all.length; i += size) {
            if (productive.get(all[i + size - 1])) {
                System.arraycopy(all, i, kept, count, size);
                count += size;
            }
        }
        return Arrays.copyOf(kept, count);
    }
}
