package smelt.planner.choice;

import smelt.planner.catalogue.Device;

/**
 * What machines cost.
 *
 * @param load at the peak, as a share of what they can
 */
public record Bill(Supply supply, Device device, int machines, int devices, double load) {
    public static Bill of(Plan plan) {
        return new Bill(
                plan.supply(), plan.deployment().layout().device(), plan.machines(), plan.devices(), plan.load());
    }

    /** Dollars at once. */
    public double purchase() {
        return switch (supply) {
            case Supply.Bought bought ->
                devices
                        * (bought.purchase().dollars().value()
                                + bought.purchase().hostDollarsPerDevice().value());
            case Supply.Owned owned -> 0;
            case Supply.Rented rented -> 0;
        };
    }

    /** At the wall, at the peak. */
    double watts() {
        return watts(load);
    }

    private double watts(double use) {
        if (supply instanceof Supply.Owned owned && owned.others() != null) {
            int others = owned.others().devices();
            return Power.watts(device, devices - others, use)
                    + Power.watts(owned.others().kind(), others, use);
        }
        return Power.watts(device, devices, use);
    }

    /** Electricity of an hour at the mean load, where the machines are ours. */
    double energyPerHour(Economy economy) {
        return watts(load * economy.utilisation()) / 1e3 * economy.pue() * economy.dollarsPerKwh();
    }

    /** Dollars of an hour. */
    public double perHour(Economy economy) {
        return switch (supply) {
            case Supply.Rented rented -> rented.dollars(machines, devices);
            case Supply.Owned owned -> energyPerHour(economy);
            case Supply.Bought bought ->
                purchase() / (economy.years() * Economy.HOURS_PER_YEAR) + energyPerHour(economy);
        };
    }

    /** Dollars per million tokens of any kind, of a plan that costs so much. */
    public static double perMillion(Plan plan, Demand demand, Economy economy) {
        double tokens = plan.requestsPerSecond()
                * economy.utilisation()
                * 3600
                * demand.workload().tokens();
        double perHour =
                plan.all().stream().mapToDouble(p -> of(p).perHour(economy)).sum();
        return perHour / tokens * 1e6;
    }
}
