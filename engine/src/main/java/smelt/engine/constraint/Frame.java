package smelt.engine.constraint;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done when a rule or one turn of a loop has come to an end, and what lies below it. Interned by an
 * {@link Automaton}: equal ones are one. {@link #BASE} has nothing in it: what lies there is not known.
 */
final class Frame {
    static final Frame BASE = new Frame();

    /** The node behind a call; of loops: the node of the loop. */
    final int site;

    final int count;
    final Frame below;
    /** The frame just above the base. */
    final Frame bottom;

    final int depth;
    final long serial;
    /** The same frame with counts made alike; null as long as nobody asked. */
    @Nullable
    Frame alike;

    @SuppressWarnings("NullAway") // nothing lies below the base, and nobody asks for it
    private Frame() {
        site = -1;
        count = 0;
        depth = 0;
        serial = 0;
        below = null;
        bottom = this;
    }

    Frame(int site, int count, Frame below, long serial) {
        this.site = site;
        this.count = count;
        this.below = below;
        this.serial = serial;
        bottom = below == BASE ? this : below.bottom;
        depth = below.depth + 1;
    }
}
