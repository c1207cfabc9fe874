package smelt.planner.choice;

import java.util.OptionalDouble;

/**
 * What is to be served.
 *
 * @param requestsPerSecond at the peak; empty: as many as one deployment can
 * @param reliability what machines do that fail, and what is to be served nevertheless
 */
public record Demand(Workload workload, OptionalDouble requestsPerSecond, Reliability reliability) {
    Demand at(double perSecond) {
        return new Demand(workload, OptionalDouble.of(perSecond), reliability);
    }

    Demand without(double perSecond) {
        return at(requestsPerSecond.orElseThrow() - perSecond);
    }
}
