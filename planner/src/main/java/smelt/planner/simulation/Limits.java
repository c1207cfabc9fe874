package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;

/** The longest waits that count as good: for the first token, and for each after it on average. */
public record Limits(double ttftSeconds, double tpotSeconds) {
    public static final Limits NONE = new Limits(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    public Limits {
        if (!(ttftSeconds > 0) || !(tpotSeconds > 0)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Limits are above 0 s, not " + ttftSeconds + " for the first token and " + tpotSeconds
                            + " for each after it");
        }
    }
}
