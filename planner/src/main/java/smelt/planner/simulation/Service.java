package smelt.planner.simulation;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.time.StepClock;

/**
 * What serves: replicas that are alike, each with blocks and a queue of its own. A request goes to the one with the
 * fewest requests.
 *
 * @param clock of one replica; asked by one thread at a time for each simulation
 */
public record Service(StepClock clock, SchedulerSettings settings, int replicas, List<Outage> outages) {
    private static final int MOST_REPLICAS = 4096;

    public Service {
        outages = List.copyOf(outages);
        if (replicas < 1 || replicas > MOST_REPLICAS) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A service has between 1 and " + MOST_REPLICAS + " replicas, not " + replicas);
        }
        for (Outage outage : outages) {
            if (outage.replica() >= replicas) {
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        "Replica " + outage.replica() + " cannot fail: there are " + replicas + ", numbered from 0");
            }
        }
    }

    public Service(StepClock clock, SchedulerSettings settings) {
        this(clock, settings, 1, List.of());
    }

    public Service withReplicas(int value) {
        return new Service(clock, settings, value, outages);
    }

    public Service withOutages(List<Outage> value) {
        return new Service(clock, settings, replicas, value);
    }
}
