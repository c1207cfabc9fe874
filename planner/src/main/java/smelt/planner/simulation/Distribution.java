package smelt.planner.simulation;

/** Percentiles of seconds. */
public record Distribution(double mean, double p50, double p90, double p95, double p99, double max, long count) {}
