package smelt.base;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one exception type that crosses rooms: a stable code, what was wrong with the values (shape, key, offset), and
 * the next step to take.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureCode code;
    private final @Nullable String nextStep;
    private final @Nullable Duration retryAfter;

    private Failure(
            FailureCode code,
            String what,
            @Nullable String nextStep,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(what, cause);
        this.code = code;
        this.nextStep = nextStep;
        this.retryAfter = retryAfter;
    }

    /** A failure of kind {@code code}; {@code what} names the offending values and is a full sentence without a dot. */
    public static Failure of(FailureCode code, String what) {
        return new Failure(code, what, null, null, null);
    }

    public Failure withNextStep(String step) {
        return new Failure(code, what(), step, retryAfter, getCause());
    }

    /** The same call may succeed after {@code time}. */
    public Failure withRetryAfter(Duration time) {
        return new Failure(code, what(), nextStep, time, getCause());
    }

    public Failure withCause(Throwable cause) {
        return new Failure(code, what(), nextStep, retryAfter, cause);
    }

    /** The same failure seen from further out: {@code place} (a file, a tensor) is put before the message. */
    public Failure in(String place) {
        return new Failure(code, place + ": " + what(), nextStep, retryAfter, this);
    }

    public FailureCode code() {
        return code;
    }

    public String what() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** What the reader can do about it, or null where nothing is known. */
    public @Nullable String nextStep() {
        return nextStep;
    }

    /** An estimate of when the same call may succeed, or null where waiting does not help or nothing is known. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** What is printed for people who debug: code, message, next step. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message alone is what users read
    public String toString() {
        return code.text() + ": " + what() + (nextStep == null ? "" : " (" + nextStep + ")");
    }
}
