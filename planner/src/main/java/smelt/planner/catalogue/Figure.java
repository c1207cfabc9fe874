package smelt.planner.catalogue;

import java.time.LocalDate;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A number with its origin.
 *
 * @param value in the unit of where it stands; finite and not negative
 * @param source who says so
 * @param date when it was said, or looked up
 */
public record Figure(double value, Tier tier, String source, LocalDate date) {
    public Figure {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "A figure must be finite and not negative but is " + value);
        }
        if (source.isBlank()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "The figure " + value + " names no source");
        }
    }
}
