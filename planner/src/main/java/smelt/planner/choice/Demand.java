package smelt.planner.choice;

import java.util.OptionalDouble;

/**
 * What is to be served.
 *
 * @param requestsPerSecond at the peak; empty: as many as one deployment can
 * @param spares machines that may fail at once without a limit being broken
 */
public record Demand(Workload workload, OptionalDouble requestsPerSecond, int spares) {}
