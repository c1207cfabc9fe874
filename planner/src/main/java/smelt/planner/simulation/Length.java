package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * What one request asks for.
 *
 * @param input tokens of the prompt
 * @param output tokens of the answer
 * @param sharedPrefix tokens at the prompt's start that all of its group have
 */
public record Length(int input, int output, int sharedPrefix, int prefixGroup) {
    static final int MOST = 1 << 24;

    public Length {
        check(input, output, sharedPrefix, prefixGroup);
    }

    public Length(int input, int output) {
        this(input, output, 0, 0);
    }

    int tokens() {
        return input + output;
    }

    static void check(int input, int output, int sharedPrefix, int prefixGroup) {
        if (input < 1 || input > MOST || output < 1 || output > MOST) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A request has between 1 and " + MOST + " tokens each of prompt and answer, not " + input + " and "
                            + output);
        }
        if (sharedPrefix < 0 || sharedPrefix > input || prefixGroup < 0) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A shared prefix of " + sharedPrefix + " tokens, of group " + prefixGroup
                            + ", is not part of a prompt of " + input);
        }
    }
}
