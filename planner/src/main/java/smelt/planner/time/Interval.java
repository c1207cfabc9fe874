package smelt.planner.time;

/** A value and what it lies between with 90% probability. */
public record Interval(double low, double value, double high) {}
