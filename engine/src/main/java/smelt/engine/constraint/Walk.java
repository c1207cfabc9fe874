package smelt.engine.constraint;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import smelt.engine.constraint.Cursor.Below;
import smelt.engine.sampling.TokenSet;

/**
 * Which tokens fit in a state, found by one walk over the trie: those that fit whatever lies below the state's base,
 * and the nodes from where on what lies there counts.
 */
final class Walk {
    /** Tokens that fit: their numbers where they are few, or else bits. */
    private final int @Nullable [] few;

    private final long @Nullable [] many;
    private final int[] openNodes;
    private final State[] openStates;

    private Walk(int @Nullable [] few, long @Nullable [] many, int[] openNodes, State[] openStates) {
        this.few = few;
        this.many = many;
        this.openNodes = openNodes;
        this.openStates = openStates;
    }

    void addTo(TokenSet set) {
        if (few != null) {
            for (int token : few) {
                set.add(token);
            }
        }
        if (many != null) {
            set.addAll(many);
        }
    }

    int openCount() {
        return openNodes.length;
    }

    int openNode(int i) {
        return openNodes[i];
    }

    State openState(int i) {
        return openStates[i];
    }

    long memory() {
        return 64 + 8L * (many == null ? 0 : many.length) + 4L * (few == null ? 0 : few.length) + 12L * openCount();
    }

    /** Walks; reused. */
    static final class Walker {
        private final Automaton automaton;
        private final TokenTrie trie;
        private final int vocabulary;
        private final State[] states;
        private final @Nullable Below[] belows;
        private int[] found = new int[256];
        private int foundCount;
        private int[] openNodes = new int[16];
        private State[] openStates = new State[16];
        private int openCount;
        private long cost;

        Walker(Automaton automaton, TokenTrie trie, int vocabulary) {
            this.automaton = automaton;
            this.trie = trie;
            this.vocabulary = vocabulary;
            states = new State[trie.longest + 1];
            belows = new Below[trie.longest + 1];
        }

        /** From {@code state}, whatever lies below it. */
        Walk walk(State state) {
            foundCount = 0;
            openCount = 0;
            cost = 0;
            run(state, null, false, 0, trie.size(), 0);
            int[] nodes = Arrays.copyOf(openNodes, openCount);
            State[] open = Arrays.copyOf(openStates, openCount);
            if (foundCount * 2 <= TokenSet.words(vocabulary)) {
                return new Walk(Arrays.copyOf(found, foundCount), null, nodes, open);
            }
            long[] bits = new long[TokenSet.words(vocabulary)];
            for (int i = 0; i < foundCount; i++) {
                bits[found[i] >> 6] |= 1L << found[i];
            }
            return new Walk(null, bits, nodes, open);
        }

        /** Adds the tokens that go on from where {@code walk} left open what lies below. */
        void goOn(Walk walk, @Nullable Below below, TokenSet into) {
            foundCount = 0;
            cost = 0;
            for (int i = 0; i < walk.openCount(); i++) {
                int node = walk.openNode(i);
                int end = trie.ends[node];
                if (node + 1 < end) {
                    Cursor at = automaton.settle(walk.openState(i), below);
                    run(at.state, at.below, true, node + 1, end, trie.depths[node]);
                }
            }
            for (int i = 0; i < foundCount; i++) {
                into.add(found[i]);
            }
        }

        /** @param known whether what lies below is {@code below} and nothing else */
        private void run(State from, @Nullable Below below, boolean known, int begin, int end, int depth) {
            states[depth] = from;
            belows[depth] = below;
            int node = begin;
            while (node < end) {
                int at = trie.depths[node];
                State state = automaton.next(states[at - 1], trie.bytes[node] & 0xFF);
                cost += 1 + state.nodes.length;
                if (cost > Limits.WALK) {
                    throw Limits.tooAmbiguous();
                }
                if (state == State.DEAD) {
                    node = trie.ends[node];
                    continue;
                }
                Below under = belows[at - 1];
                if (!state.isPlain()) {
                    Cursor settled = automaton.settle(state, under);
                    state = settled.state;
                    under = settled.below;
                }
                if (takesAll(state, node)) {
                    addTokens(node, trie.ends[node]);
                    node = trie.ends[node];
                    continue;
                }
                addTokens(node, node + 1);
                if (state.waits && !known) {
                    addOpen(node, state);
                    node = trie.ends[node];
                } else {
                    states[at] = state;
                    belows[at] = under;
                    node++;
                }
            }
        }

        /** Whether whatever comes below the node is letters that fit. */
        private boolean takesAll(State state, int node) {
            for (int kind = 0; kind < trie.letters.length; kind++) {
                int most = trie.letters[kind][node];
                if (most <= Letters.MOST && (most == 0 || most <= automaton.letters(state)[kind])) {
                    return true;
                }
            }
            return false;
        }

        private void addTokens(int begin, int end) {
            int from = trie.firstToken[begin];
            int to = trie.firstToken[end];
            if (foundCount + to - from > found.length) {
                found = Arrays.copyOf(found, Math.max(2 * found.length, foundCount + to - from));
            }
            System.arraycopy(trie.tokens, from, found, foundCount, to - from);
            foundCount += to - from;
        }

        private void addOpen(int node, State state) {
            if (openCount == openNodes.length) {
                openNodes = Arrays.copyOf(openNodes, 2 * openCount);
                openStates = Arrays.copyOf(openStates, 2 * openCount);
            }
            openNodes[openCount] = node;
            openStates[openCount++] = state;
        }
    }
}
