package smelt.planner.choice;

import java.util.List;
import java.util.Optional;
import smelt.planner.model.Counts;
import smelt.planner.time.Layout;

/** Turns operating points into plans: how many machines, what they cost, what they draw. */
final class Pricing {
    /** Devices of hosts that are built to work together. */
    private static final int LEAST_JOINED = 4;

    private static final int MOST_COPIES = 1 << 20;

    private final Demand demand;
    private final Economy economy;

    Pricing(Demand demand, Economy economy) {
        this.demand = demand;
        this.economy = economy;
    }

    /** As many copies as the rate needs; empty where {@code supply} has too few machines, or too small ones. */
    Optional<Plan> plan(OperatingPoint point, Supply supply) {
        int needed = replicas(point, supply);
        return needed > MOST_COPIES ? Optional.empty() : plan(point, supply, needed);
    }

    /** Of so many copies, and those that are to spare beside them. */
    Optional<Plan> plan(OperatingPoint point, Supply supply, int needed) {
        Layout layout = point.deployment().layout();
        int perMachine = supply.devicesPerMachine();
        int stage = layout.devices() / layout.pipeline();
        if (stage > perMachine || layout.devices() > perMachine && perMachine < LEAST_JOINED) {
            return Optional.empty(); // tensors are not shared over a network, nor stages by hosts of few devices
        }
        int one = devices(layout);
        Spares spares = spares(point, supply);
        int there = supply instanceof Supply.Owned owned ? owned.machines() : Integer.MAX_VALUE;
        if (spares.machines(needed) > there) {
            return Optional.empty();
        }
        Standby standby = spares.beside(needed, there, seconds(point));
        int replicas = needed + standby.copies();
        int machines = spares.machines(needed) + spares.machines(standby);
        boolean byDevice =
                supply instanceof Supply.Bought || supply instanceof Supply.Rented rented && rented.isByDevice();
        int devices = (byDevice ? replicas * one : machines * perMachine) + others(supply);
        double rate = demand.requestsPerSecond().orElse(needed * point.requestsPerSecond());
        double load = Math.min(1, rate / (replicas * point.requestsPerSecond()));
        return Optional.of(new Plan(
                point,
                supply,
                replicas,
                machines,
                devices,
                rate,
                load,
                cost(point, supply, machines, devices, rate, load),
                standby,
                List.of(),
                Optional.empty()));
    }

    private static int others(Supply supply) {
        return supply instanceof Supply.Owned owned && owned.others() != null
                ? owned.others().devices()
                : 0;
    }

    private static int devices(Layout layout) {
        return layout.devices() + layout.prefillDevices();
    }

    private Spares spares(OperatingPoint point, Supply supply) {
        double bytes = Counts.weightBytes(
                point.deployment().model(), point.deployment().formats());
        return new Spares(
                demand.reliability(), supply, devices(point.deployment().layout()), bytes);
    }

    /** Of a request, from its arrival to its last token. */
    private double seconds(OperatingPoint point) {
        return (point.forecast().ttftMillis().value()
                        + demand.workload().output()
                                * point.forecast().tpotMillis().value())
                / 1e3;
    }

    private int replicas(OperatingPoint point, Supply supply) {
        if (demand.requestsPerSecond().isPresent()) {
            double needed = demand.requestsPerSecond().getAsDouble() / point.requestsPerSecond();
            return (int) Math.clamp(Math.ceil(needed - 1e-9), 1, MOST_COPIES + 1);
        }
        if (supply instanceof Supply.Owned owned) {
            return most(spares(point, supply), owned);
        }
        return 1;
    }

    /** Copies that all machines have room for, those not counted that may be away. */
    private int most(Spares spares, Supply.Owned owned) {
        Reliability rules = demand.reliability();
        for (int spare = rules.survive(); rules.isAsked() && spare <= Spares.MOST; spare++) {
            int copies = spares.copiesBeside(spare, owned.machines());
            if (copies < 1) {
                break;
            }
            if (spares.beside(copies, owned.machines(), 0).downtime() <= 1 - rules.wanted(owned)) {
                return copies;
            }
        }
        return Math.max(1, spares.copiesBeside(0, owned.machines()));
    }

    private Cost cost(OperatingPoint point, Supply supply, int machines, int devices, double rate, double load) {
        var bill = new Bill(supply, point.deployment().layout().device(), machines, devices, load);
        Workload workload = demand.workload();
        double perRequest = bill.perHour(economy) / (rate * economy.utilisation() * 3600);
        double second = perRequest / point.times().request(workload);
        return new Cost(
                bill.purchase(),
                bill.perHour(economy),
                supply instanceof Supply.Rented ? 0 : bill.energyPerHour(economy),
                perRequest / workload.tokens() * 1e6,
                second * point.times().input() * 1e6,
                second * point.times().cached() * 1e6,
                second * point.times().output() * 1e6,
                bill.watts(),
                bill.watts() / (rate * workload.output()));
    }
}
