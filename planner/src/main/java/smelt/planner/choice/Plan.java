package smelt.planner.choice;

import java.util.Optional;
import smelt.planner.simulation.SimulationResult;
import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;

/**
 * One way to serve what is asked: copies of a deployment on machines of one supply, each at one concurrency.
 *
 * @param point of each copy at the peak
 * @param replicas copies that share the load, those included that machines may be lost with
 * @param machines spare ones included
 * @param devices of all machines
 * @param requestsPerSecond of all replicas at the peak
 * @param load requests as a share of those that the replicas could answer at that concurrency
 * @param trial requests that came when they liked, played against it; empty where that was not done
 */
public record Plan(
        OperatingPoint point,
        Supply supply,
        int replicas,
        int machines,
        int devices,
        double requestsPerSecond,
        double load,
        Cost cost,
        Standby standby,
        Optional<SimulationResult> trial) {
    Plan with(SimulationResult result) {
        return new Plan(point, supply, replicas, machines, devices, requestsPerSecond, load, cost, standby, Optional.of(
                result));
    }

    /** Copies that hold the load by themselves. */
    int needed() {
        return replicas - standby.copies();
    }

    public Deployment deployment() {
        return point.deployment();
    }

    /** Of one replica. */
    public Forecast forecast() {
        return point.forecast();
    }

    /** Requests under way in each replica at the peak. */
    public int concurrency() {
        return point.concurrency();
    }

    public Placement placement() {
        return point.placement();
    }

    /** Seconds to the first token. */
    public double ttft() {
        return forecast().ttftMillis().value() / 1e3;
    }

    /** Seconds between tokens. */
    public double tpot() {
        return forecast().tpotMillis().value() / 1e3;
    }

    /** Output tokens a second, spare copies not counted, as many as they can at that concurrency. */
    public double tokensPerSecond() {
        return forecast().tokensPerSecond().value() * needed();
    }

    /** For people: {@code 2 x (4 x H100 SXM, TP4, fp8, vllm)}, of which one may be spare. */
    public String text() {
        String one = deployment().layout().devices() + " x "
                + deployment().layout().device().name() + ", "
                + Layouts.text(deployment()) + ", "
                + deployment().formats().weights().name() + ", "
                + deployment().engine().name()
                + (placement().text().isEmpty() ? "" : ", " + placement().text());
        String spare = standby.copies() == 0 ? "" : ", " + standby.copies() + " to spare";
        return replicas == 1 ? one : replicas + " x (" + one + ")" + spare;
    }
}
