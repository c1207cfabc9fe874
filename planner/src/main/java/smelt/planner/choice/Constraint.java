package smelt.planner.choice;

/** At most so much. */
public record Constraint(Measure measure, double most) {
    private static final double ROUNDING = 1 + 1e-9;

    public boolean holds(Plan plan) {
        return measure.of(plan) <= most * ROUNDING;
    }

    /** How far {@code plan} is over it: 1 is just within; whatever is forbidden altogether counts as twice. */
    double excess(Plan plan) {
        double value = measure.of(plan);
        return most > 0 ? value / most : value > 0 ? 2 : 1;
    }

    /** For people: {@code ttft at most 500 ms}. */
    public String text() {
        return measure.isForbidden() ? measure.title() : measure.title() + " at most " + measure.text(most);
    }

    /** Why {@code plan} breaks it. */
    String broken(Plan plan) {
        return measure.isForbidden()
                ? "breaks '" + measure.title() + "'"
                : measure.title() + " " + measure.text(measure.of(plan)) + ", over " + measure.text(most);
    }
}
