package smelt.engine.constraint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A state of an {@link Automaton}: a set of places, each a node with the frames above a common base. What lies below
 * the base is the business of a {@link Cursor}, so that one state serves every depth.
 */
final class State {
    /** No text leads here. */
    static final State DEAD = new State(Node.NONE, new Frame[0], Node.NONE, false, false);

    private static final int CHUNK = 64;

    /** By number of place, in the order of nodes and frames. */
    final int[] nodes;

    final Frame[] stacks;
    /** Some place needs what lies below the base. */
    final boolean waits;
    /** Some place is where the rule ends that began above the base. */
    final boolean ends;
    /** Some place goes on by bytes or tokens. */
    final boolean goesOn;
    /** Control tokens that may come, each with the node to which it leads and the number of its place. */
    final int[] tokens;

    /** The same without the frames that all stacks begin with; itself where there are none. */
    State factored = this;
    /** Those frames, lowest first. */
    Frame[] common = {};

    private final @Nullable State[] @Nullable [] next = new State[256 / CHUNK][];
    private final Map<Frame, State> over = new HashMap<>(4);

    @Nullable
    State alike;

    @Nullable
    Walk walk;

    /** By kind of {@link Letters}: how many may follow; null as long as nobody asked. */
    byte @Nullable [] letters;

    State(int[] nodes, Frame[] stacks, int[] tokens, boolean waits, boolean ends) {
        this.nodes = nodes;
        this.stacks = stacks;
        this.tokens = tokens;
        this.waits = waits;
        this.ends = ends;
        goesOn = nodes.length > 0 && !(ends && nodes.length == 1);
    }

    /** Whether a cursor may stand in it whatever lies below. */
    boolean isPlain() {
        return !waits && factored == this;
    }

    /** Null where it was not made yet. */
    @Nullable
    State next(int b) {
        @Nullable State[] chunk = next[b / CHUNK];
        return chunk == null ? null : chunk[b % CHUNK];
    }

    void setNext(int b, State state) {
        @Nullable State[] chunk = next[b / CHUNK];
        if (chunk == null) {
            chunk = new State[CHUNK];
            next[b / CHUNK] = chunk;
        }
        chunk[b % CHUNK] = state;
    }

    /** The state when {@code frame} lies right below the base; null where it was not made yet. */
    @Nullable
    State over(Frame frame) {
        return over.get(frame);
    }

    void setOver(Frame frame, State state) {
        over.put(frame, state);
    }

    /** Lets go of all other states. */
    void forget() {
        Arrays.fill(next, null);
        over.clear();
        alike = null;
        walk = null;
    }

    /** Equal to another one with the same places. */
    @Override
    public boolean equals(Object other) {
        return other instanceof State that && Arrays.equals(nodes, that.nodes) && sameStacks(that);
    }

    private boolean sameStacks(State that) {
        for (int i = 0; i < stacks.length; i++) {
            if (stacks[i] != that.stacks[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = Arrays.hashCode(nodes);
        for (Frame stack : stacks) {
            hash = 31 * hash + Long.hashCode(stack.serial);
        }
        return hash;
    }
}
