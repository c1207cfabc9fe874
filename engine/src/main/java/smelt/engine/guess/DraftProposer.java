package smelt.engine.guess;

/**
 * What a draft model guesses for one sequence, and what it knows of it: the keys and values of the first
 * {@link #computed} positions lie in {@link #blocks}. Those of guesses lie behind them, and are overwritten where a
 * guess was wrong.
 */
final class DraftProposer implements Proposer {
    /** Guesses in a row. */
    static final int MOST_GUESSES = 8;

    private static final int MEMORY = 32;
    /** Weight of what other sequences taught. */
    private static final int FIRST_WEIGHT = 4;

    /** In order of position; the draft model's own. */
    int[] blocks = new int[0];

    int blockCount;

    private final RightShare ofAll;
    private final RightShare share;
    private final int[] guesses = new int[MOST_GUESSES];
    private int guessCount;
    /** The position of the first guess. */
    private int guessFrom;

    private int computed;
    private int known;

    /** @param ofAll of guesses for all sequences; learns with this one */
    DraftProposer(RightShare ofAll) {
        this.ofAll = ofAll;
        share = new RightShare(ofAll.value(), FIRST_WEIGHT, MEMORY);
    }

    @Override
    public void see(int[] tokens, int count) {
        if (guessCount == 0) {
            return;
        }
        int same = 0;
        boolean right = true;
        for (; right && same < guessCount && guessFrom + same < count; same += right ? 1 : 0) {
            right = guesses[same] == tokens[guessFrom + same];
            share.learn(right);
            ofAll.learn(right);
        }
        // nothing was asked behind the last guess; what is asked next is what follows the last token
        computed = Math.min(guessFrom + Math.min(same, guessCount - 1), count - 1);
        guessCount = 0;
    }

    @Override
    public double chance(int i) {
        return i < MOST_GUESSES ? share.value() : 0;
    }

    @Override
    public int guess(int[] tokens, int i) {
        return guesses[i];
    }

    /** Whether the draft model's vocabulary has all of {@code tokens[0..count)}: models have spare ids. */
    boolean knows(int[] tokens, int count, int vocabulary) {
        while (known < count && tokens[known] < vocabulary) {
            known++;
        }
        return known == count;
    }

    /** Positions of the sequence whose keys and values the draft model has. */
    int computed() {
        return computed;
    }

    /** The draft model has computed so many more. */
    void advance(int positions) {
        computed += positions;
    }

    int guessCount() {
        return guessCount;
    }

    /** The next guess; the first one is at position {@code count}. */
    void add(int guess, int count) {
        guessFrom = count;
        guesses[guessCount++] = guess;
    }
}
