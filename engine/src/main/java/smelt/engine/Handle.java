package smelt.engine;

/** A submitted request. May be used from any thread. */
public interface Handle {
    /**
     * Ends the request soon: its consumer receives {@link FinishReason#CANCELLED}, unless it ended otherwise before.
     */
    void cancel();

    /** Whether the consumer has received its last event. */
    boolean isFinished();
}
