package smelt.planner.choice;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * One constraint that could be loosened, by which the plan would do.
 *
 * @param least that the constraint must allow
 */
record Relaxation(Constraint constraint, double least, Plan plan) {
    private static final MathContext UP = new MathContext(3, RoundingMode.CEILING);

    /** In three digits, as people are told it, and no less than that. */
    static double rounded(double value) {
        return new BigDecimal(value)
                .round(value < 999.5 ? UP : new MathContext(6, RoundingMode.CEILING))
                .doubleValue();
    }

    /** By how much: 1 is not at all. */
    double excess() {
        return constraint.most() > 0 ? least / constraint.most() : 2;
    }

    String text() {
        Measure measure = constraint.measure();
        String change = measure.isForbidden()
                ? "without '" + measure.title() + "'"
                : "with " + measure.title() + " " + measure.text(least) + " rather than "
                        + measure.text(constraint.most());
        return change + ": " + plan.text() + " (" + plan.from() + ")";
    }
}
