package smelt.base;

import java.util.Locale;

/** Stable names of what can go wrong; programs may match on {@link #text}. */
public enum FailureCode {
    /** The caller's arguments do not fit together or are out of range. */
    INVALID_ARGUMENT,
    /** A file, model, tensor or key that was asked for does not exist. */
    NOT_FOUND,
    /** Bytes that do not follow their own format: truncated, overlapping, oversized, of a wrong type. */
    MALFORMED,
    /** Well-formed, but of a kind that smelt does not run (yet). */
    UNSUPPORTED,
    /** A limit of steps, depth, size or context length was reached. */
    LIMIT_EXCEEDED,
    /** Not enough memory or disk; the message carries the numbers. */
    OUT_OF_RESOURCES,
    /** The network, a registry or a mirror did not deliver. */
    UNAVAILABLE,
    /** A checksum or size differs from what was promised. */
    CORRUPT,
    /** The caller cancelled, or a deadline passed. */
    CANCELLED,
    /** A chat template called raise_exception; the message is the template's own. */
    TEMPLATE_REFUSED,
    /** A defect of smelt itself. */
    INTERNAL;

    /** The code as it is printed: {@code out-of-resources}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
