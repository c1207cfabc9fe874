package smelt.server.http;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;

/** What a request fails with, as it is told to the client. */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public static final String INVALID_REQUEST = "invalid_request_error";
    public static final String SERVER_ERROR = "server_error";

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final @Nullable Duration retryAfter;

    private Problem(
            int status,
            String message,
            String type,
            @Nullable String param,
            @Nullable String code,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /**
     * Any problem.
     *
     * @param type the kind, in OpenAI's words; other dialects derive theirs from the status
     * @param code what programs may match on
     */
    public static Problem of(int status, String message, String type, @Nullable String code) {
        return new Problem(status, message, type, null, code, null, null);
    }

    /** 400: the value of a field. */
    public static Problem invalid(String param, String message) {
        return new Problem(400, message, INVALID_REQUEST, param, "invalid_value", null, null);
    }

    /** 400: the request as a whole. */
    public static Problem invalid(String message) {
        return of(400, message, INVALID_REQUEST, null);
    }

    /** 400: a field, or a value of it, that is known and not to be had here. */
    public static Problem unsupported(String param, String message) {
        return new Problem(400, message, INVALID_REQUEST, param, "unsupported_parameter", null, null);
    }

    /** 501: known, and not there. */
    public static Problem missing(String message) {
        return of(501, message, INVALID_REQUEST, "not_implemented");
    }

    /** 503: later, perhaps. */
    public static Problem unavailable(String message, Duration retryAfter) {
        return new Problem(503, message, SERVER_ERROR, null, "unavailable", retryAfter, null);
    }

    /** 500, whose cause is for the log alone. */
    public static Problem internal(Throwable cause) {
        return new Problem(
                500, "This is a defect of smelt: " + cause, SERVER_ERROR, null, "internal_error", null, cause);
    }

    /** How a failure is told: what the caller can mend is 4xx. */
    public static Problem of(Failure failure) {
        Duration again = failure.retryAfter();
        Problem told = switch (failure.code()) {
            case INVALID_ARGUMENT -> of(400, text(failure), INVALID_REQUEST, "invalid_value");
            case UNSUPPORTED -> of(400, text(failure), INVALID_REQUEST, "unsupported_operation");
            case LIMIT_EXCEEDED -> of(400, text(failure), INVALID_REQUEST, "limit_exceeded");
            case TEMPLATE_REFUSED -> of(400, text(failure), INVALID_REQUEST, "template_refused");
            case NOT_FOUND -> of(404, text(failure), INVALID_REQUEST, "not_found");
            case OUT_OF_RESOURCES ->
                again == null
                        ? unavailable(text(failure), Duration.ofSeconds(30))
                        : of(429, text(failure), "rate_limit_error", "rate_limit_exceeded");
            case UNAVAILABLE -> unavailable(text(failure), Duration.ofSeconds(5));
            case CANCELLED -> unavailable(text(failure), Duration.ofSeconds(5));
            case MALFORMED, CORRUPT -> of(500, text(failure), SERVER_ERROR, "model_damaged");
            case INTERNAL -> of(500, text(failure), SERVER_ERROR, "internal_error");
        };
        return (again == null ? told : told.withRetryAfter(again)).withCause(failure);
    }

    private static String text(Failure failure) {
        return failure.nextStep() == null ? failure.what() : failure.what() + " (" + failure.nextStep() + ")";
    }

    public Problem withParam(String name) {
        return new Problem(status, message(), type, name, code, retryAfter, getCause());
    }

    public Problem withCode(String value) {
        return new Problem(status, message(), type, param, value, retryAfter, getCause());
    }

    public Problem withRetryAfter(Duration time) {
        return new Problem(status, message(), type, param, code, time, getCause());
    }

    Problem withCause(Throwable cause) {
        return new Problem(status, message(), type, param, code, retryAfter, cause);
    }

    public int status() {
        return status;
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    public String type() {
        return type;
    }

    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
