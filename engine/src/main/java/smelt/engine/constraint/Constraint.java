package smelt.engine.constraint;

import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.sampling.TokenSet;

/**
 * A grammar compiled for one vocabulary. Tells of every beginning of a text which tokens may come next, so that
 * whatever is generated fits the grammar as long as it is not cut short. It remembers the states that texts came to, up
 * to some megabytes; what it answers depends on the grammar, the vocabulary and the text alone. Safe for several
 * threads, shared by any number of sequences.
 */
public final class Constraint {
    private final Vocabulary vocabulary;
    private final Automaton automaton;
    private final Walk.Walker walker;
    private final Walk.@Nullable Walker firstWalker;
    private final Cursor start;
    private final int nodes;
    private @Nullable Walk firstWalk;

    private Constraint(Vocabulary vocabulary, Network network) {
        this.vocabulary = vocabulary;
        nodes = network.nodes().size();
        automaton = new Automaton(network, vocabulary.trie().longest);
        walker = new Walk.Walker(automaton, vocabulary.trie(), vocabulary.size());
        TokenTrie first = vocabulary.firstTrie();
        firstWalker = first == null ? null : new Walk.Walker(automaton, first, vocabulary.size());
        Cursor begin = automaton.settle(automaton.start(), null);
        start = new Cursor(begin.state, begin.below, false);
    }

    /**
     * Compiles a grammar; takes a bounded time and memory.
     *
     * @throws Failure INVALID_ARGUMENT where the grammar is no grammar or no text fits it; UNSUPPORTED where it is
     *     beyond what is understood, with the place and the word; LIMIT_EXCEEDED where it is too large
     */
    static Constraint compile(Grammar grammar, Vocabulary vocabulary) {
        try {
            Expr expr = new Lowering(vocabulary.controls()).lower(grammar);
            return new Constraint(vocabulary, NetworkBuilder.build(expr, vocabulary.controls()));
        } catch (StackOverflowError e) {
            throw Limits.tooDeep("The grammar").withCause(e);
        }
    }

    /** Tokens of the vocabulary for which it was compiled. */
    public int vocabularySize() {
        return vocabulary.size();
    }

    /** About how much memory it takes, in nodes of some hundred bytes. */
    int nodes() {
        return nodes;
    }

    /** Before any text. */
    public Cursor start() {
        return start;
    }

    /**
     * Makes {@code set} the tokens that may follow; end tokens are none of them unless they write something.
     *
     * @throws Failure LIMIT_EXCEEDED where the grammar can be read in too many ways
     */
    public synchronized void allow(Cursor at, TokenSet set) {
        set.clear();
        Walk walk = walkFrom(at);
        walk.addTo(set);
        if (walk.openCount() > 0) {
            walkerOf(at).goOn(walk, at.below, set);
        }
        for (int token : at.state.tokens) {
            set.add(token);
        }
    }

    private Walk walkFrom(Cursor at) {
        boolean isFirst = !at.begun && firstWalker != null;
        State state = isFirst ? at.state : automaton.alike(at.state);
        Walk known = isFirst ? firstWalk : state.walk;
        if (known != null) {
            return known;
        }
        Walk walk = walkerOf(at).walk(state);
        if (isFirst) {
            firstWalk = walk;
        } else {
            state.walk = walk;
            automaton.remember(walk.memory());
        }
        return walk;
    }

    private Walk.Walker walkerOf(Cursor at) {
        return at.begun || firstWalker == null ? walker : firstWalker;
    }

    /**
     * Whether the text may end with this token, which need not write anything.
     *
     * @param fits whether the token may follow at all
     */
    public boolean mayEndWith(Cursor at, int token, boolean fits) {
        return vocabulary.text(token, at.begun).length == 0
                ? at.mayEnd()
                : fits && advance(at, token).mayEnd();
    }

    /**
     * The cursor after one more token.
     *
     * @throws Failure INVALID_ARGUMENT where the token does not fit; LIMIT_EXCEEDED where the text nests too deep
     */
    public synchronized Cursor advance(Cursor at, int token) {
        byte[] text = vocabulary.text(token, at.begun);
        Cursor cursor = at;
        if (text.length == 0) {
            cursor = automaton.settle(automaton.nextByToken(cursor.state, token), cursor.below);
        }
        for (byte b : text) {
            cursor = automaton.settle(automaton.next(cursor.state, b & 0xFF), cursor.below);
        }
        if (cursor.state == State.DEAD) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "Token " + token + " does not fit the grammar here");
        }
        if (cursor.below != null && cursor.below.depth() > Limits.NESTING) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "The text nests deeper than " + Limits.NESTING)
                    .withNextStep("give the grammar a bound of its own");
        }
        return cursor;
    }
}
