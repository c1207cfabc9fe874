package smelt.engine.guess;

/**
 * Guesses the next tokens of one sequence. Guesses change how soon tokens come, never which: one counts only where it
 * is the token that the model chose.
 */
sealed interface Proposer permits NgramProposer, DraftProposer {
    /** Looks at what is new in {@code tokens[0..count)}, and learns how often its guesses are right. */
    void see(int[] tokens, int count);

    /** How likely the {@code i}-th of its guesses is right, if those before it are; 0 where it has none. */
    double chance(int i);

    /** The {@code i}-th of the next tokens, if those before it are right. */
    int guess(int[] tokens, int i);
}
