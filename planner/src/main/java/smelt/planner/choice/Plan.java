package smelt.planner.choice;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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
 * @param parts groups of copies on devices of several kinds, which share the load by their rate; empty where all copies
 *     are alike. Amounts are then those of all parts, {@code point} is that of the slowest, and {@code supply} that of
 *     the first that is not owned
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
        List<Plan> parts,
        Optional<SimulationResult> trial) {
    private static final int LEAST_RUNNING = 8;

    public Plan {
        parts = List.copyOf(parts);
    }

    Plan with(SimulationResult result) {
        return new Plan(
                point,
                supply,
                replicas,
                machines,
                devices,
                requestsPerSecond,
                load,
                cost,
                standby,
                parts,
                Optional.of(result));
    }

    /** Parts that share one load; the trial is that of the part that did worst. */
    static Plan together(List<Plan> parts) {
        Plan slowest =
                parts.stream().max(Comparator.comparingDouble(Plan::tpot)).orElseThrow();
        Supply supply = parts.stream()
                .map(Plan::supply)
                .filter(s -> !(s instanceof Supply.Owned))
                .findFirst()
                .orElse(slowest.supply);
        double rate = parts.stream().mapToDouble(Plan::requestsPerSecond).sum();
        double full =
                parts.stream().mapToDouble(p -> p.requestsPerSecond / p.load).sum();
        return new Plan(
                slowest.point,
                supply,
                parts.stream().mapToInt(Plan::replicas).sum(),
                parts.stream().mapToInt(Plan::machines).sum(),
                parts.stream().mapToInt(Plan::devices).sum(),
                rate,
                rate / full,
                Cost.together(parts),
                Standby.together(parts.stream().map(Plan::standby).toList()),
                parts,
                parts.stream()
                        .flatMap(p -> p.trial.stream())
                        .min(Comparator.comparingDouble(SimulationResult::goodput)));
    }

    /** The parts, or this one alone. */
    public List<Plan> all() {
        return parts.isEmpty() ? List.of(this) : parts;
    }

    /** Devices of machines that come from there. */
    int devicesOf(Class<? extends Supply> kind) {
        return all().stream()
                .filter(p -> kind.isInstance(p.supply))
                .mapToInt(Plan::devices)
                .sum();
    }

    /** For people: where the machines come from. */
    public String from() {
        return all().stream().map(p -> p.supply.text()).distinct().collect(Collectors.joining(" + "));
    }

    /** For people: which they are. */
    public String kinds() {
        return all().stream().map(p -> p.supply.device()).distinct().collect(Collectors.joining(" + "));
    }

    /** Copies that hold the load by themselves. */
    int needed() {
        return replicas - standby.copies();
    }

    public Deployment deployment() {
        return point.deployment();
    }

    /** Of one replica; of several kinds, the slowest. */
    public Forecast forecast() {
        return point.forecast();
    }

    /** Requests under way in each replica at the peak. */
    public int concurrency() {
        return point.concurrency();
    }

    /** Requests that a copy takes into its steps, at most: more than on the mean, since they come when they like. */
    int mostRunning() {
        return Math.max(LEAST_RUNNING, 2 * concurrency());
    }

    public Placement placement() {
        return point.placement();
    }

    /** Seconds to the first token. */
    public double ttft() {
        return all().stream()
                        .mapToDouble(p -> p.forecast().ttftMillis().value())
                        .max()
                        .orElseThrow()
                / 1e3;
    }

    /** Seconds between tokens. */
    public double tpot() {
        return forecast().tpotMillis().value() / 1e3;
    }

    /** Output tokens a second, spare copies not counted, as many as they can at that concurrency. */
    public double tokensPerSecond() {
        return all().stream()
                .mapToDouble(p -> p.forecast().tokensPerSecond().value() * p.needed())
                .sum();
    }

    /** For people: {@code 2 x (4 x H100 SXM, TP4, fp8, vllm)}, of which one may be spare. */
    public String text() {
        if (!parts.isEmpty()) {
            return parts.stream().map(Plan::text).collect(Collectors.joining(" + "));
        }
        String layout = Layouts.text(deployment());
        String one = deployment().layout().devices() + " x "
                + deployment().layout().device().name() + ", "
                + (layout.equals(Layouts.WHOLE) ? "" : layout + ", ")
                + deployment().formats().weights().name() + ", "
                + deployment().engine().name()
                + (placement().text().isEmpty() ? "" : ", " + placement().text());
        String spare = standby.copies() == 0 ? "" : ", " + standby.copies() + " to spare";
        return replicas == 1 ? one : replicas + " x (" + one + ")" + spare;
    }
}
