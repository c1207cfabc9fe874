package smelt.planner.choice;

/**
 * How many machines a plan needs beyond those that hold its load. Machines fail one by one; those that make up one copy
 * are lost together.
 */
final class Spares {
    static final int MOST = 64;

    private final Reliability rules;
    private final Supply supply;
    /** Machines of one copy that lies in several; else 1. */
    private final int unit;
    /** Copies of a unit, at most. */
    private final int room;

    private final double weightBytes;

    /**
     * @param devices of one copy
     * @param weightBytes of one copy
     */
    Spares(Reliability rules, Supply supply, int devices, double weightBytes) {
        this.rules = rules;
        this.supply = supply;
        int perMachine = supply.devicesPerMachine();
        unit = Math.ceilDiv(devices, perMachine);
        room = Math.max(1, perMachine / devices);
        this.weightBytes = weightBytes;
    }

    /** Machines for {@code copies}, spare ones not among them. */
    int machines(int copies) {
        return Math.ceilDiv(copies, room) * unit;
    }

    /** Copies that {@code machines} have room for when so many, or so many groups of one copy, are away. */
    int copiesBeside(int away, int machines) {
        return (machines / unit - away) * room;
    }

    /**
     * Beside {@code copies} that hold the load: as many as are wanted, or as there is room for.
     *
     * @param most machines in all
     * @param requestSeconds of one request, half of which is lost with its machine
     */
    Standby beside(int copies, int most, double requestSeconds) {
        int units = Math.ceilDiv(copies, room);
        int filled = Math.ceilDiv(copies, units);
        double reload = weightBytes * filled / unit / rules.diskBytesPerSecond();
        double away = rules.away(supply, weightBytes * filled / unit);
        double there = Math.pow(1 / (1 + rules.perHour(supply) * away), unit);
        int free = Math.min(MOST, most / unit - units);
        int spare = 0;
        while (spare < free && (spare < rules.survive() || down(units, spare, there) > 1 - rules.wanted(supply))) {
            spare++;
        }
        return new Standby(
                spare,
                spare * filled,
                Math.max(0, rules.survive() - spare),
                down(units, spare, there),
                (units + spare) * unit * rules.perHour(supply),
                away * 3600,
                reload,
                1 - there + rules.perHour(supply) * unit * requestSeconds / 2 / 3600);
    }

    /** Machines that belong to {@code standby}. */
    int machines(Standby standby) {
        return standby.machines() * unit;
    }

    /** Probability that fewer than {@code units} of all are there. */
    private static double down(int units, int spare, double there) {
        int all = units + spare;
        double odds = (1 - there) / there;
        double exactly = Math.pow(there, all); // none is away
        double enough = exactly;
        for (int away = 1; away <= spare; away++) {
            exactly *= odds * (all - away + 1) / away;
            enough += exactly;
        }
        return Math.clamp(1 - enough, 0, 1);
    }
}
