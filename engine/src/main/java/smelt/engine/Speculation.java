package smelt.engine;

/** Where guesses at the next tokens come from. Guesses change how soon tokens come, never which. */
public enum Speculation {
    /** One token a step. */
    NONE,
    /** From what followed the same tokens before, in the sequence's own prompt and answer. */
    NGRAM,
    /** From the draft model, where the engine has one. */
    DRAFT,
    /** From either, whichever promises more. */
    BOTH;

    boolean isNgram() {
        return this == NGRAM || this == BOTH;
    }

    boolean isDraft() {
        return this == DRAFT || this == BOTH;
    }
}
