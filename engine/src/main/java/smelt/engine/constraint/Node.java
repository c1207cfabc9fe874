package smelt.engine.constraint;

import org.jspecify.annotations.Nullable;

/** A place in a {@link Network}; what the fields mean depends on the kind. Not changed once the network is made. */
final class Node {
    static final int[] NONE = {};

    enum Kind {
        /** Goes on by a byte, or by a control token. */
        BYTES,
        /** Goes on at all of its targets. */
        SPLIT,
        /** Goes on at its first target, and at its second one when that has come to an end. */
        CALL,
        /** Goes on behind the last call that has not come to an end. */
        END,
        /** Begins to count from 0, and goes on at its target. */
        BEGIN,
        /** One more may begin at its first target, where that is not -1; enough of them end at its second one. */
        LOOP,
        /** Counts one more, and goes on at its target. */
        NEXT
    }

    final int id;
    final Kind kind;
    /** Lowest byte, highest byte, target, and so on. */
    int[] edges = NONE;
    /** Control token, target, and so on. */
    int[] tokens = NONE;

    int[] targets = NONE;
    /** By kind of {@link Letters}: the node to which each of them leads, or -1; null as long as nobody asked. */
    int @Nullable [] letters;
    /** Of a loop, which all of its nodes know. */
    final Counter counter;

    Node(int id, Kind kind, Counter counter) {
        this.id = id;
        this.kind = kind;
        this.counter = counter;
    }
}
