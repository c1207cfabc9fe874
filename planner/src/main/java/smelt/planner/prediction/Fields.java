package smelt.planner.prediction;

import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** The fields of one line by the names of the header. */
record Fields(Map<String, Integer> columns, List<String> values, int line) {
    private static final double MOST = 1e9;

    String text(String column) {
        Integer at = columns.get(column);
        return at == null || at >= values.size() ? "" : values.get(at).strip();
    }

    boolean has(String column) {
        return !text(column).isEmpty();
    }

    String needed(String column) {
        String text = text(column);
        if (text.isEmpty()) {
            throw bad(column, "is empty");
        }
        return text;
    }

    /** A whole number of at least 0; {@code otherwise} where the field is empty. */
    int count(String column, int otherwise) {
        return has(column) ? count(column) : otherwise;
    }

    /** A whole number of at least 0: "8" or "8.0". */
    int count(String column) {
        double value = number(column);
        if (value != Math.rint(value) || value > MOST) {
            throw bad(column, "must be a whole number but is " + text(column));
        }
        return (int) value;
    }

    double number(String column) {
        String text = needed(column);
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw bad(column, "must be a number but is " + text);
        }
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw bad(column, "must be finite and not negative but is " + text);
        }
        return value;
    }

    Failure bad(String column, String what) {
        return Failure.of(FailureCode.MALFORMED, "Row " + line + ", column " + column + ": " + what)
                .withNextStep("mend that field, or leave the row out");
    }

    /** NOT_FOUND where {@code cause} is: nothing is wrong with the file then. */
    Failure bad(String column, Failure cause) {
        FailureCode code = cause.code() == FailureCode.NOT_FOUND ? FailureCode.NOT_FOUND : FailureCode.MALFORMED;
        Failure failure = Failure.of(code, "Row " + line + ", column " + column + ": " + cause.what());
        String step = cause.nextStep();
        return step == null ? failure : failure.withNextStep(step);
    }
}
