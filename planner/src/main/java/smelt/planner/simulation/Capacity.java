package smelt.planner.simulation;

import org.jspecify.annotations.Nullable;

/**
 * The largest rate that keeps the limits.
 *
 * @param perSecond requests; 0 where even a request alone breaks them
 * @param result at that rate; null where there is none
 * @param simulations that it took
 */
public record Capacity(double perSecond, @Nullable SimulationResult result, int simulations) {}
