package smelt.engine;

/** Where guesses at the next tokens come from. Guesses change how soon tokens come, never which. */
public enum Speculation {
    /** One token a step. */
    NONE,
    /** From what followed the same tokens before, in the sequence's own prompt and answer. */
    NGRAM
}
