package smelt.engine;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * How the engine shares the machine; the runner's own limits hold beside these.
 *
 * @param stepTokens most tokens in one step, prefill and decode together: a smaller step lets others wait less
 * @param maxRunning most sequences that share steps
 * @param maxQueuedTokens prompt tokens that may wait; a request beyond them is refused
 * @param speculation where guesses at the next tokens come from; they are computed while that pays, as measured
 */
public record Settings(int stepTokens, int maxRunning, long maxQueuedTokens, Speculation speculation) {
    public static final Settings DEFAULT = new Settings(512, 64, 1 << 20, Speculation.NGRAM);

    public Settings {
        if (stepTokens < 1 || maxRunning < 1 || maxQueuedTokens < 1) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Engine settings must be positive but are stepTokens=" + stepTokens + ", maxRunning=" + maxRunning
                            + ", maxQueuedTokens=" + maxQueuedTokens);
        }
    }

    public Settings(int stepTokens, int maxRunning, long maxQueuedTokens) {
        this(stepTokens, maxRunning, maxQueuedTokens, Speculation.NGRAM);
    }

    public Settings withSpeculation(Speculation value) {
        return new Settings(stepTokens, maxRunning, maxQueuedTokens, value);
    }
}
