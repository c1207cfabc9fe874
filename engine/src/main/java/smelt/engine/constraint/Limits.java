package smelt.engine.constraint;

import smelt.base.Failure;
import smelt.base.FailureCode;

/** Bounds that keep every grammar, however hostile, within memory and time. */
final class Limits {
    /** Nodes of a network; a node has some 50 bytes. */
    static final int NODES = 200_000;
    /** Nesting of a grammar's own text: groups, schemas in schemas. */
    static final int DEPTH = 128;
    /** Characters of a pattern, of GBNF, of a schema. */
    static final int CHARS = 1 << 20;
    /** Places that a state may hold at once. */
    static final int PLACES = 4096;
    /** Frames on a stack while it cannot be shared. */
    static final int STACK = 256;
    /** How deep generated text may nest. */
    static final int NESTING = 1024;
    /** Bytes of states and masks that an automaton remembers, about, before it starts anew. */
    static final long REMEMBERED = 16 << 20;
    /** Places looked at in one walk over the vocabulary. */
    static final long WALK = 4_000_000;

    private Limits() {}

    static Failure tooLarge() {
        return Failure.of(FailureCode.LIMIT_EXCEEDED, "The grammar needs more than " + NODES + " nodes")
                .withNextStep("make it smaller: fewer names, shorter enumerations, smaller counts");
    }

    static Failure tooDeep(String what) {
        return Failure.of(FailureCode.LIMIT_EXCEEDED, what + " nests deeper than " + DEPTH)
                .withNextStep("make it flatter");
    }

    static Failure tooAmbiguous() {
        return Failure.of(
                        FailureCode.LIMIT_EXCEEDED, "The grammar can be read in more than " + PLACES + " ways at once")
                .withNextStep("make its alternatives begin differently");
    }
}
