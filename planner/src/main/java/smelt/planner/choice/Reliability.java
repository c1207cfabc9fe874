package smelt.planner.choice;

import java.util.OptionalDouble;

/**
 * How often machines are away, and what must be served nevertheless.
 *
 * @param survive machines that may be away at once without a limit being broken
 * @param uptime share of the time in which all limits must hold; empty: nobody asked
 * @param hoursBetweenFailures of one machine, mean
 * @param repairHours until a machine of ours is back
 * @param replaceHours until the seller of a rented one has put another in its place
 * @param interruptionsPerHour of one spot machine, mean
 * @param diskBytesPerSecond at which weights are read again
 */
public record Reliability(
        int survive,
        OptionalDouble uptime,
        double hoursBetweenFailures,
        double repairHours,
        double replaceHours,
        double interruptionsPerHour,
        double diskBytesPerSecond) {
    /**
     * Failures as on the H100s that trained Llama 3 (419 unexpected interruptions in 54 days on 2,048 machines of 8);
     * all else is estimated: the next day, ten minutes, once a day (no seller tells it), one NVMe disk.
     */
    public static final Reliability USUAL =
            new Reliability(0, OptionalDouble.empty(), 54 * 24 * 2048 / 419.0, 24, 1 / 6.0, 1 / 24.0, 2e9);

    /** Spot machines are never taken without cover: the time in which the load is held. */
    static final double SPOT_UPTIME = 0.999;

    boolean isAsked() {
        return survive > 0 || uptime.isPresent();
    }

    Reliability without() {
        return new Reliability(
                0,
                OptionalDouble.empty(),
                hoursBetweenFailures,
                repairHours,
                replaceHours,
                interruptionsPerHour,
                diskBytesPerSecond);
    }

    /** Hours for which one machine is away, each time; {@code bytes} of weights are read when it is back. */
    double away(Supply supply, double bytes) {
        double reload = bytes / diskBytesPerSecond / 3600;
        return reload + (supply instanceof Supply.Rented ? replaceHours : repairHours);
    }

    /** How often an hour one machine goes. */
    double perHour(Supply supply) {
        return 1 / hoursBetweenFailures + (isSpot(supply) ? interruptionsPerHour : 0);
    }

    /** Share of the time that must be covered; 0 where that does not matter. */
    double wanted(Supply supply) {
        return uptime.orElse(isSpot(supply) ? SPOT_UPTIME : 0);
    }

    static boolean isSpot(Supply supply) {
        return supply instanceof Supply.Rented rented
                && rented.offer().terms() == smelt.planner.catalogue.Offer.Terms.SPOT;
    }
}
