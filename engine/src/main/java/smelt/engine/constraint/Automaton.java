package smelt.engine.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import smelt.engine.constraint.Cursor.Below;

/**
 * The states of a network, made as texts come to them. Forgets all of them where they become too many; those that
 * cursors hold stay good. Not safe for several threads.
 */
final class Automaton {
    private static final int STATE_BYTES = 200;
    private static final int PLACE_BYTES = 12;
    private static final int EDGE_BYTES = 32;
    private static final int FRAME_BYTES = 100;

    private final Network network;
    /** Counts that do not differ within so many bytes are alike. */
    private final int horizon;

    private final Map<FrameKey, Frame> frames = new HashMap<>();
    private final Map<State, State> states = new HashMap<>();
    private final Places places = new Places();
    private long serial;
    private long remembered;

    private record FrameKey(int site, int count, Frame below) {}

    /** @param horizon bytes of the longest token */
    Automaton(Network network, int horizon) {
        this.network = network;
        this.horizon = horizon;
    }

    /** Whether the whole text fits. */
    static boolean accepts(Expr expr, String text) {
        var automaton = new Automaton(NetworkBuilder.build(expr, Controls.NONE), Limits.STACK);
        Cursor at = automaton.settle(automaton.start(), null);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            at = automaton.settle(automaton.next(at.state, b & 0xFF), at.below);
        }
        return at.mayEnd();
    }

    State start() {
        places.clear();
        places.add(network.start(), Frame.BASE);
        return close();
    }

    /** The state after one more byte, which may still have to {@link #settle}; {@link State#DEAD} where none fits. */
    State next(State state, int b) {
        State known = state.next(b);
        if (known != null) {
            return known;
        }
        places.clear();
        for (int i = 0; i < state.nodes.length; i++) {
            int[] edges = network.node(state.nodes[i]).edges;
            for (int edge = 0; edge < edges.length; edge += 3) {
                if (b >= edges[edge] && b <= edges[edge + 1]) {
                    places.add(edges[edge + 2], state.stacks[i]);
                }
            }
        }
        State made = close();
        remembered += EDGE_BYTES;
        state.setNext(b, made);
        return made;
    }

    /** The state after a control token; {@link State#DEAD} where it does not fit. */
    State nextByToken(State state, int token) {
        places.clear();
        for (int i = 0; i < state.nodes.length; i++) {
            int[] tokens = network.node(state.nodes[i]).tokens;
            for (int edge = 0; edge < tokens.length; edge += 2) {
                if (token == tokens[edge]) {
                    places.add(tokens[edge + 1], state.stacks[i]);
                }
            }
        }
        return close();
    }

    /** Where a cursor stands in {@code state} whose base lies on {@code below}. */
    Cursor settle(State state, @Nullable Below below) {
        State at = state;
        Below under = below;
        while (!at.isPlain()) {
            if (at.factored != at) {
                for (Frame frame : at.common) {
                    under = Below.push(frame, under);
                }
                at = at.factored;
            } else if (under != null) {
                at = over(at, under.frame());
                under = under.below();
            } else {
                break;
            }
        }
        return new Cursor(at, under, true);
    }

    private State over(State state, Frame frame) {
        State known = state.over(frame);
        if (known != null) {
            return known;
        }
        places.clear();
        for (int i = 0; i < state.nodes.length; i++) {
            places.add(state.nodes[i], rebased(state.stacks[i], frame));
        }
        State made = close();
        remembered += EDGE_BYTES;
        state.setOver(frame, made);
        return made;
    }

    private Frame rebased(Frame stack, Frame base) {
        return stack == Frame.BASE ? base : frame(stack.site, stack.count, rebased(stack.below, base));
    }

    /** The least state that goes on with the same texts, as far as the next token reaches. */
    State alike(State state) {
        State known = state.alike;
        if (known == null) {
            places.clear();
            for (int i = 0; i < state.nodes.length; i++) {
                places.add(state.nodes[i], alike(state.stacks[i]));
            }
            known = close();
            state.alike = known;
        }
        return known;
    }

    private Frame alike(Frame stack) {
        if (stack == Frame.BASE) {
            return stack;
        }
        Frame known = stack.alike;
        if (known == null) {
            Node site = network.node(stack.site);
            int count = site.kind == Node.Kind.LOOP ? site.counter.alike(stack.count, horizon) : stack.count;
            known = frame(stack.site, count, alike(stack.below));
            stack.alike = known;
        }
        return known;
    }

    /**
     * How many letters of each kind may follow whichever they are, {@link Letters#MOST} at most, as far as the next
     * token reaches.
     */
    byte[] letters(State state) {
        byte[] known = state.letters;
        if (known == null) {
            State like = alike(state);
            known = like.letters;
            if (known == null) {
                known = new byte[Letters.KINDS.size()];
                for (int kind = 0; kind < known.length; kind++) {
                    known[kind] = letters(like, kind);
                }
                like.letters = known;
            }
            state.letters = known;
        }
        return known;
    }

    /** Only those places are followed that go on alike by all letters. */
    private byte letters(State state, int kind) {
        State at = state;
        for (byte count = 0; count < Letters.MOST; count++) {
            places.clear();
            for (int i = 0; i < at.nodes.length; i++) {
                int target = letterTarget(network.node(at.nodes[i]), kind);
                if (target >= 0) {
                    places.add(target, at.stacks[i]);
                }
            }
            State next = places.count() == 0 ? State.DEAD : close();
            if (next == State.DEAD) {
                return count;
            }
            if (next == at) {
                break;
            }
            at = next;
        }
        return Letters.MOST;
    }

    private int letterTarget(Node node, int kind) {
        int[] known = node.letters;
        if (known == null) {
            known = Letters.KINDS.stream()
                    .mapToInt(letters -> letters.target(network, node))
                    .toArray();
            node.letters = known;
        }
        return known[kind];
    }

    /** The state of all places that those found so far lead to without any text. */
    private State close() {
        List<Integer> stable = new ArrayList<>();
        for (int i = 0; i < places.count(); i++) {
            if (places.count() > Limits.PLACES) {
                throw Limits.tooAmbiguous();
            }
            if (!follow(network.node(places.node(i)), places.stack(i))) {
                stable.add(i);
            }
        }
        if (stable.isEmpty()) {
            return State.DEAD;
        }
        stable.sort((a, b) -> places.node(a) != places.node(b)
                ? Integer.compare(places.node(a), places.node(b))
                : Long.compare(places.stack(a).serial, places.stack(b).serial));
        int[] nodes = new int[stable.size()];
        Frame[] stacks = new Frame[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = places.node(stable.get(i));
            stacks[i] = places.stack(stable.get(i));
        }
        return intern(nodes, stacks);
    }

    /** Adds where the place leads without any text; false where it goes on by text, or by what is not known. */
    private boolean follow(Node node, Frame stack) {
        switch (node.kind) {
            case BYTES -> {
                return false;
            }
            case SPLIT -> {
                for (int target : node.targets) {
                    places.add(target, stack);
                }
            }
            case CALL -> places.add(node.targets[0], frame(node.targets[1], 0, stack));
            case BEGIN -> places.add(node.targets[0], frame(node.targets[0], 0, stack));
            case END -> {
                if (stack == Frame.BASE) {
                    return false;
                }
                places.add(stack.site, stack.below);
            }
            case LOOP -> loop(node, stack);
            case NEXT -> {
                if (stack == Frame.BASE) {
                    return false;
                }
                places.add(stack.site, frame(stack.site, node.counter.after(stack.count), stack.below));
            }
        }
        return true;
    }

    private void loop(Node node, Frame stack) {
        if (stack.count < node.counter.most() && node.targets[0] >= 0) {
            places.add(node.targets[0], stack);
        }
        if (stack.count >= node.counter.least()) {
            places.add(node.targets[1], stack.below);
        }
    }

    private Frame frame(int site, int count, Frame below) {
        return frames.computeIfAbsent(new FrameKey(site, count, below), key -> {
            if (below.depth >= Limits.STACK) {
                throw Limits.tooAmbiguous();
            }
            remembered += FRAME_BYTES;
            return new Frame(site, count, below, ++serial);
        });
    }

    private State intern(int[] nodes, Frame[] stacks) {
        State made = make(nodes, stacks);
        State known = states.putIfAbsent(made, made);
        if (known != null) {
            return known;
        }
        remember(STATE_BYTES + (long) PLACE_BYTES * nodes.length);
        factor(made);
        return made;
    }

    private State make(int[] nodes, Frame[] stacks) {
        boolean waits = false;
        boolean ends = false;
        int tokenCount = 0;
        for (int i = 0; i < nodes.length; i++) {
            Node node = network.node(nodes[i]);
            ends |= node.kind == Node.Kind.END;
            waits |= node.kind != Node.Kind.BYTES;
            tokenCount += node.tokens.length / 2;
        }
        int[] tokens = new int[tokenCount];
        int at = 0;
        for (int id : nodes) {
            int[] edges = network.node(id).tokens;
            for (int edge = 0; edge < edges.length; edge += 2) {
                tokens[at++] = edges[edge];
            }
        }
        return new State(nodes, stacks, tokens, waits, ends);
    }

    private void factor(State state) {
        int[] nodes = state.nodes;
        Frame[] stacks = state.stacks;
        List<Frame> common = new ArrayList<>();
        while (sameBottom(stacks)) {
            common.add(stacks[0].bottom);
            stacks = Arrays.stream(stacks).map(this::withoutBottom).toArray(Frame[]::new);
        }
        if (!common.isEmpty()) {
            state.common = common.toArray(Frame[]::new);
            // the order of places is that of their frames
            places.clear();
            for (int i = 0; i < nodes.length; i++) {
                places.add(nodes[i], stacks[i]);
            }
            state.factored = close();
        }
    }

    private static boolean sameBottom(Frame[] stacks) {
        for (Frame stack : stacks) {
            if (stack == Frame.BASE || stack.bottom != stacks[0].bottom) {
                return false;
            }
        }
        return true;
    }

    private Frame withoutBottom(Frame stack) {
        return stack.below == Frame.BASE ? Frame.BASE : frame(stack.site, stack.count, withoutBottom(stack.below));
    }

    /** Counts what is remembered, and forgets all where it is too much. */
    void remember(long bytes) {
        remembered += bytes;
        if (remembered > Limits.REMEMBERED) {
            states.keySet().forEach(State::forget);
            states.clear();
            frames.clear();
            remembered = 0;
        }
    }

    /** States that are remembered. */
    int size() {
        return states.size();
    }
}
