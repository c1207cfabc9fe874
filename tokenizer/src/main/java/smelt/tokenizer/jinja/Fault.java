package smelt.tokenizer.jinja;

import smelt.base.FailureCode;

/** What a failing operation throws; {@link Template} turns it into a {@link smelt.base.Failure} with the line. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureCode code;

    private Fault(FailureCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** An operation that its operands do not allow. */
    static Fault of(String message) {
        return new Fault(FailureCode.MALFORMED, message);
    }

    static Fault limit(String message) {
        return new Fault(FailureCode.LIMIT_EXCEEDED, message);
    }

    static Fault unsupported(String message) {
        return new Fault(FailureCode.UNSUPPORTED, message);
    }

    /** The template called {@code raise_exception}. */
    static Fault refused(String message) {
        return new Fault(FailureCode.TEMPLATE_REFUSED, message);
    }

    FailureCode code() {
        return code;
    }

    String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
