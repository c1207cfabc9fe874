package smelt.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * On which terms a request waits and runs; they change no token of its answer.
 *
 * @param priority higher ones start first and give way last
 * @param key who asks: keys of one priority start in turn, by tokens
 * @param timeout from submission to the last token; null for as long as it takes
 * @param speculates whether tokens may be guessed ahead, where the engine's {@link Settings} allow it at all
 */
public record Terms(int priority, String key, @Nullable Duration timeout, boolean speculates) {
    public static final Terms DEFAULT = new Terms(0, "", null, true);

    public Terms {
        if (timeout != null && timeout.isNegative()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "A timeout must not be negative but is " + timeout);
        }
    }

    /** Guesses ahead. */
    public Terms(int priority, String key, @Nullable Duration timeout) {
        this(priority, key, timeout, true);
    }

    public Terms withPriority(int value) {
        return new Terms(value, key, timeout, speculates);
    }

    public Terms withKey(String value) {
        return new Terms(priority, value, timeout, speculates);
    }

    public Terms withTimeout(Duration value) {
        return new Terms(priority, key, value, speculates);
    }

    public Terms withSpeculation(boolean value) {
        return new Terms(priority, key, timeout, value);
    }
}
