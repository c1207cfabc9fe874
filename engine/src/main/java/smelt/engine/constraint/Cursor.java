package smelt.engine.constraint;

import org.jspecify.annotations.Nullable;

/** Where a text stands in a grammar. Immutable, and cheap to keep for every position. */
public final class Cursor {
    final State state;
    /** What lies below the base of the state; null for nothing. */
    final @Nullable Below below;
    /** Whether something was written. */
    final boolean begun;

    Cursor(State state, @Nullable Below below, boolean begun) {
        this.state = state;
        this.below = below;
        this.begun = begun;
    }

    /** Frames below the base of a state, the highest one first. */
    record Below(Frame frame, @Nullable Below below, int depth) {
        static Below push(Frame frame, @Nullable Below below) {
            return new Below(frame, below, below == null ? 1 : below.depth + 1);
        }
    }

    /** Whether the text may end here. */
    public boolean mayEnd() {
        return below == null && state.ends;
    }

    /** Whether it can only end here. */
    public boolean mustEnd() {
        return mayEnd() && !state.goesOn;
    }
}
