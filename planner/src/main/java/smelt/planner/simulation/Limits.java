package smelt.planner.simulation;

/** The longest waits that count as good. */
public record Limits(double ttftSeconds, double tpotSeconds) {}
