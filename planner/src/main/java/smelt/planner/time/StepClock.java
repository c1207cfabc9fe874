package smelt.planner.time;

/** Time of one step: what a simulation runs on. */
public interface StepClock {
    /**
     * Seconds of a step.
     *
     * @param promptRows tokens of prompts computed in it
     * @param promptContext positions attended to, summed over these rows
     * @param decodeRows sequences that get one token each
     * @param decodeContext their positions, summed
     */
    double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext);

    /** Tokens whose keys and values fit. */
    long kvTokens();
}
