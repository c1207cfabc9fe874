package smelt.planner.choice;

import java.util.Optional;
import smelt.planner.time.Layout;

/** Turns operating points into plans: how many machines, what they cost, what they draw. */
final class Pricing {
    /** Devices of hosts that are built to work together. */
    private static final int LEAST_JOINED = 4;

    private final Demand demand;
    private final Economy economy;

    Pricing(Demand demand, Economy economy) {
        this.demand = demand;
        this.economy = economy;
    }

    /** As many copies as the rate needs; empty where {@code supply} has too few machines, or too small ones. */
    Optional<Plan> plan(OperatingPoint point, Supply supply) {
        return plan(point, supply, replicas(point, supply));
    }

    Optional<Plan> plan(OperatingPoint point, Supply supply, int replicas) {
        Layout layout = point.deployment().layout();
        int perMachine = supply.devicesPerMachine();
        int stage = layout.devices() / layout.pipeline();
        if (stage > perMachine || layout.devices() > perMachine && perMachine < LEAST_JOINED) {
            return Optional.empty(); // tensors are not shared over a network, nor stages by hosts of few devices
        }
        int machines = machines(replicas, layout.devices() + layout.prefillDevices(), perMachine) + demand.spares();
        if (supply instanceof Supply.Owned owned && machines > owned.machines()) {
            return Optional.empty();
        }
        boolean byDevice =
                supply instanceof Supply.Bought || supply instanceof Supply.Rented rented && rented.isByDevice();
        int devices = byDevice && demand.spares() == 0
                ? replicas * (layout.devices() + layout.prefillDevices())
                : machines * perMachine;
        double rate = demand.requestsPerSecond().orElse(replicas * point.requestsPerSecond());
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
                Optional.empty()));
    }

    private int replicas(OperatingPoint point, Supply supply) {
        if (demand.requestsPerSecond().isPresent()) {
            double needed = demand.requestsPerSecond().getAsDouble() / point.requestsPerSecond();
            return (int) Math.clamp(Math.ceil(needed - 1e-9), 1, 1 << 20);
        }
        if (supply instanceof Supply.Owned owned) {
            int one = point.deployment().layout().devices();
            int machines = owned.machines() - demand.spares();
            int perMachine = owned.devicesPerMachine();
            return Math.max(1, one <= perMachine ? machines * (perMachine / one) : machines * perMachine / one);
        }
        return 1;
    }

    /** A copy lies in one machine, or fills several. */
    private static int machines(int replicas, int devices, int perMachine) {
        return devices <= perMachine
                ? Math.ceilDiv(replicas, perMachine / devices)
                : replicas * Math.ceilDiv(devices, perMachine);
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
