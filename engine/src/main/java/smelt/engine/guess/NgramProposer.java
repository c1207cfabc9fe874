package smelt.engine.guess;

import java.util.Arrays;

/**
 * Guesses the next tokens of one sequence: those that followed when its last tokens stood in it before. It follows such
 * a place for as long as the guesses come true, so the longer it was right, the more it dares. Guesses are compared
 * with what came whether they were computed or not; so how often they are right is known at no cost.
 */
final class NgramProposer implements Proposer {
    private static final int SHORTEST = 2;
    private static final int LONGEST = 4;
    /** Slots for each token; every token ends an n-gram of each length. */
    private static final int SLOTS = 4;

    private static final int LEAST_CAPACITY = 64;
    /** Tokens beyond which old places are overwritten: 2 MB. */
    private static final int MOST_CAPACITY = 1 << 17;

    private static final int NOWHERE = -1;
    /** Matches shorter than the first, shorter than the second, ... are right so often, until it is known better. */
    private static final int[] CLASS_ENDS = {3, 4, 6, 10, 18, Integer.MAX_VALUE};

    private static final double[] FIRST_SHARES = {0.3, 0.4, 0.5, 0.65, 0.8, 0.9};
    /** Weight of the first shares, in guesses. */
    private static final int FIRST_WEIGHT = 2;
    /** Guesses that count. */
    private static final int MEMORY = 24;

    private final int promptLength;
    private final double[] shares = FIRST_SHARES.clone();
    private final int[] weights = new int[shares.length];

    /** The position after an n-gram's latest place, by its hash; 0 for none. Verified when found: others collide. */
    private int[] places = new int[0];

    private int capacity;
    private int seen;
    /** Where the token stands that is guessed to come next. */
    private int source = NOWHERE;
    /** How many tokens before it equal the last ones, as far as is known. */
    private int matched;

    NgramProposer(int promptLength) {
        this.promptLength = promptLength;
        Arrays.fill(weights, FIRST_WEIGHT);
    }

    @Override
    public void see(int[] tokens, int count) {
        if (count > capacity && capacity < MOST_CAPACITY) {
            grow(tokens, count);
        }
        for (; seen < count; seen++) {
            see(tokens);
        }
    }

    private void grow(int[] tokens, int count) {
        while (capacity < count && capacity < MOST_CAPACITY) {
            capacity = Math.max(LEAST_CAPACITY, 2 * capacity);
        }
        places = new int[SLOTS * capacity];
        for (int end = Math.max(1, seen - MOST_CAPACITY); end <= seen; end++) {
            for (int n = SHORTEST; n <= Math.min(LONGEST, end); n++) {
                places[slot(tokens, end, n)] = end;
            }
        }
    }

    private void see(int[] tokens) {
        if (source != NOWHERE) {
            boolean right = tokens[source] == tokens[seen];
            learn(right);
            source = right ? source + 1 : NOWHERE;
            matched = right ? matched + 1 : 0;
        }
        int end = seen + 1;
        for (int n = SHORTEST; n <= Math.min(LONGEST, end); n++) {
            int slot = slot(tokens, end, n);
            int place = places[slot];
            places[slot] = end;
            if (n > matched && end >= promptLength && isSame(tokens, place, end, n)) {
                source = place;
                matched = n;
            }
        }
    }

    private static boolean isSame(int[] tokens, int place, int end, int n) {
        return place >= n && place < end && Arrays.equals(tokens, place - n, place, tokens, end - n, end);
    }

    private int slot(int[] tokens, int end, int n) {
        int hash = n;
        for (int i = end - n; i < end; i++) {
            hash = (hash ^ tokens[i]) * 0x9E37_79B1;
            hash ^= hash >>> 15;
        }
        return hash & (places.length - 1);
    }

    private void learn(boolean right) {
        int of = classOf(matched);
        weights[of] = Math.min(MEMORY, weights[of] + 1);
        shares[of] += ((right ? 1 : 0) - shares[of]) / weights[of];
    }

    private static int classOf(int length) {
        int of = 0;
        while (length >= CLASS_ENDS[of]) {
            of++;
        }
        return of;
    }

    boolean hasGuess() {
        return source != NOWHERE;
    }

    /** Goes on where the guesses themselves go on. */
    @Override
    public int guess(int[] tokens, int i) {
        return tokens[source + i % (seen - source)];
    }

    @Override
    public double chance(int i) {
        return source == NOWHERE ? 0 : shares[classOf(matched + i)];
    }
}
