package smelt.engine;

/** Why generation ended. */
public enum FinishReason {
    /** An end token. */
    END("stop"),
    /** A stop string, which is not part of the text; or the constraint's end, where nothing more could follow. */
    STOP("stop"),
    /** max_tokens were generated. */
    LENGTH("length"),
    /** The context is full. */
    CONTEXT("length"),
    /** The caller cancelled, or the engine was closed. */
    CANCELLED("cancelled"),
    /** The request's timeout passed. */
    TIMEOUT("timeout");

    private final String wire;

    FinishReason(String wire) {
        this.wire = wire;
    }

    /** Whether more would have come. */
    boolean cuts() {
        return this == LENGTH || this == CONTEXT;
    }

    /** The name OpenAI's interface has for it. */
    public String wire() {
        return wire;
    }
}
