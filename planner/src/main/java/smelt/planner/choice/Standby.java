package smelt.planner.choice;

import java.util.List;

/**
 * What a plan has for the time when machines are away.
 *
 * @param machines that may be away at once
 * @param copies that are lost with them; the others hold the limits
 * @param missing machines that should be able to be away too, and for which there is no room
 * @param downtime share of the time in which more are away
 * @param lossesPerHour machines of all that go
 * @param awaySeconds for which each is away, weights read anew
 * @param reloadSeconds of that, in which weights are read
 * @param lostShare of what the machines could answer: they are away, or begin again what they were doing
 */
public record Standby(
        int machines,
        int copies,
        int missing,
        double downtime,
        double lossesPerHour,
        double awaySeconds,
        double reloadSeconds,
        double lostShare) {
    static final double HOURS_PER_DAY = 24;

    /** Of parts, each of which must be there. */
    static Standby together(List<Standby> parts) {
        Standby all = parts.getFirst();
        for (Standby other : parts.subList(1, parts.size())) {
            double losses = all.lossesPerHour + other.lossesPerHour;
            all = new Standby(
                    all.machines + other.machines,
                    all.copies + other.copies,
                    all.missing + other.missing,
                    1 - (1 - all.downtime) * (1 - other.downtime),
                    losses,
                    Math.max(all.awaySeconds, other.awaySeconds),
                    Math.max(all.reloadSeconds, other.reloadSeconds),
                    (all.lostShare * all.lossesPerHour + other.lostShare * other.lossesPerHour) / losses);
        }
        return all;
    }

    /** For people; empty where nothing was asked and nothing is expected. */
    public String text() {
        String covered = machines == 0
                ? "none may be away"
                : Texts.count(machines, "machine") + " may be away (" + Texts.count(copies, "copy", "copies")
                        + "), the others hold the limits";
        return covered + ": " + Texts.share(1 - downtime) + " of the time";
    }

    /** For people: how often, how long, what it takes. */
    public String losses() {
        double hours = 1 / lossesPerHour;
        String often = hours >= HOURS_PER_DAY
                ? "every " + Texts.number(hours / HOURS_PER_DAY) + " days"
                : "every " + Texts.number(hours) + " hours";
        return "a machine " + often + ", for " + Texts.duration(awaySeconds) + " (weights: "
                + Texts.duration(reloadSeconds) + "); " + Texts.share(lostShare) + " of what they could answer is lost";
    }
}
