package smelt.planner.simulation;

import org.jspecify.annotations.Nullable;
import smelt.planner.simulation.SimulationResult.Saturation;

/** Looks for the largest rate that keeps limits by halving, with the same random numbers at every rate. */
final class PeakSearch {
    /** Rates that nobody has. */
    private static final double MOST = 1e8;

    private static final double LEAST = 1e-7;
    /** Requests beyond the limits that the first look at a rate allows. */
    private static final int FIRST_OVER = 5;

    private final Service service;
    private final Lengths lengths;
    private final Limits limits;
    private final Search search;
    private int simulations;
    private @Nullable SimulationResult best;

    PeakSearch(Service service, Lengths lengths, Limits limits, Search search) {
        this.service = service;
        this.lengths = lengths;
        this.limits = limits;
        this.search = search;
    }

    Capacity find() {
        Arrivals alone = Arrivals.closedLoop(1, 20, lengths, search.seed());
        SimulationResult unloaded = Simulation.run(service, alone, Window.ALL, limits);
        simulations++;
        double most = service.replicas() / Math.max(1e-9, unloaded.latency().mean());
        double least = most;
        if (keeps(most)) {
            do {
                least = most;
                most *= 2;
            } while (most < MOST && keeps(most));
        } else {
            do {
                most = least;
                least /= 2;
            } while (least > LEAST && unloaded.goodput() > 0 && !keeps(least));
        }
        if (best == null) {
            return new Capacity(0, null, simulations);
        }
        while (most > least * search.precision()) {
            double middle = Math.sqrt(least * most);
            if (keeps(middle)) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return new Capacity(least, best, simulations);
    }

    /** With more and more requests, until it is sure. */
    private boolean keeps(double rate) {
        EarlyStopping stopping = search.stopping();
        long count = Math.max(stopping.count(FIRST_OVER), (long) Math.min(1e12, Math.ceil(rate * search.seconds())));
        while (true) {
            count = Math.min(count, search.most());
            Arrivals arrivals = Arrivals.gamma(rate, search.variation(), count, lengths, search.seed());
            Simulation.Trial trial = Simulation.trial(service, arrivals, limits, stopping.fewestFailing(count));
            simulations++;
            long over = Math.max(trial.overTtft(), trial.overTpot());
            SimulationResult result = trial.result();
            if (result == null || result.saturation().contains(Saturation.BACKLOG) || stopping.fails(over, count)) {
                return false;
            }
            boolean holds = stopping.holds(over, count);
            if (holds || count == search.most()) {
                boolean keeps = holds || over <= count * (1 - stopping.percentile());
                best = keeps ? result : best;
                return keeps;
            }
            count *= 2;
        }
    }
}
