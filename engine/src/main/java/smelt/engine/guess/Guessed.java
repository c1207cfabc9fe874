package smelt.engine.guess;

/** A sequence that generates, as those see it who guess what it will say. */
public interface Guessed {
    /** The prompt and what was generated; the first {@link #tokenCount} are valid until the next step. */
    int[] tokens();

    int tokenCount();

    int promptLength();

    /** Tokens that it may still come to. */
    int room();

    /** Whether guesses are allowed. */
    boolean speculates();

    /** Those at its next tokens. */
    Guesses guesses();
}
