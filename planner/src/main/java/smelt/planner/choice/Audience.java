package smelt.planner.choice;

import smelt.planner.simulation.Arrivals;
import smelt.planner.simulation.Lengths;
import smelt.planner.simulation.Window;

/**
 * Who plays against a plan: enough requests that copies fill and the load settles. Of many copies a few are played,
 * with the requests that are theirs when all are dealt out in turn.
 *
 * @param copies that hold the load
 * @param lost more copies, which go
 * @param perSecond requests of these copies
 */
record Audience(int copies, int lost, double perSecond, Arrivals arrivals, Window window) {
    private static final long SEED = 7;
    private static final long LEAST_REQUESTS = 2000;
    private static final int PREFIXES = 8;
    /** Requests under way that are played, at most, in more than one copy. */
    private static final int MOST_UNDER_WAY = 1000;
    /** So many follow each other in each place: two while it fills, four that count. */
    private static final int TURNS = 6;

    private static final int FILLING = 2;

    /** Of a demand that tells a rate. */
    static Audience of(Plan plan, Demand demand) {
        int all = plan.needed();
        int copies = Math.clamp(MOST_UNDER_WAY / plan.concurrency(), 1, all);
        double share = (double) copies / all;
        int lost = (int) Math.ceilDiv((long) plan.standby().copies() * copies, (long) all);
        double rate = demand.requestsPerSecond().orElseThrow();
        Workload w = demand.workload();
        if (w.replay().isPresent()) {
            Replay replay = w.replay().get();
            return new Audience(copies, lost, rate * share, replay.arrivals(rate, share), replay.window(share));
        }
        long underWay = (long) copies * plan.concurrency();
        long requests = Math.max(LEAST_REQUESTS, TURNS * underWay);
        var window = new Window(Math.max(LEAST_REQUESTS / 10, FILLING * underWay), requests);
        return new Audience(copies, lost, rate * share, drawn(w, rate, share, requests), window);
    }

    /** Every so manieth of requests with gamma distributed gaps again has such gaps, which vary less. */
    private static Arrivals drawn(Workload w, double rate, double share, long requests) {
        int input = Math.max(1, w.input() / 2);
        int output = Math.max(1, w.output() / 2);
        Lengths lengths = Lengths.uniform(input, 2 * w.input() - input, output, 2 * w.output() - output)
                .withPrefix(w.prefixHitShare(), PREFIXES);
        return Arrivals.gamma(rate * share, w.burstiness() * Math.sqrt(share), requests, lengths, SEED);
    }

    /** From the first request to the last. */
    double seconds() {
        return (window.skip() + window.count()) / perSecond;
    }
}
