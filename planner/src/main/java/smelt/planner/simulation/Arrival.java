package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A request that comes.
 *
 * @param seconds after the start
 * @param input tokens of the prompt
 * @param output tokens of the answer
 * @param sharedPrefix tokens at the prompt's start that all of its group have
 * @param prefixGroup 0 or more
 */
public record Arrival(double seconds, int input, int output, int sharedPrefix, int prefixGroup) {
    /** Some ten years. */
    private static final double MOST_SECONDS = 3e8;

    public Arrival {
        if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A request comes between 0 and " + MOST_SECONDS + " s after the start, not at " + seconds);
        }
        Length.check(input, output, sharedPrefix, prefixGroup);
    }

    int tokens() {
        return input + output;
    }

    /** The same so many times as early. */
    Arrival sooner(double factor) {
        return new Arrival(seconds / factor, input, output, sharedPrefix, prefixGroup);
    }
}
