package smelt.planner.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Rehearsal;
import smelt.planner.time.StepClock;

/**
 * Queues in virtual time: requests come, the engine's own scheduler says what each step computes, a {@link StepClock}
 * how long that takes. The same input gives the same result; different threads may run different simulations.
 */
public final class Simulation {
    private final SchedulerSettings settings;
    private final Room room;
    private final Feed feed;
    private final Ledger ledger;
    private final Fleet fleet;
    /** Where all requests come to one replica, it need not look further ahead than to the next. */
    private final boolean single;

    private Simulation(Service service, Iterable<Arrival> arrivals, Window window, boolean jumps) {
        settings = service.settings();
        room = Room.of(service, arrivals);
        feed = new Feed(arrivals.iterator(), arrivals instanceof Arrivals known ? known.users() : 0);
        ledger = new Ledger(window);
        Rehearsal.Rules rules = room.rules(settings);
        boolean mayFail = !service.outages().isEmpty();
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < service.replicas(); i++) {
            replicas.add(new Replica(service.clock(), rules, room.blocks(), jumps, mayFail, ledger, feed));
        }
        fleet = new Fleet(replicas, service.outages());
        single = replicas.size() == 1;
    }

    /**
     * One replica, all requests.
     *
     * @throws Failure INVALID_ARGUMENT where requests are not in order of time or a step takes no sensible time,
     *     LIMIT_EXCEEDED where no request can ever run
     */
    public static SimulationResult run(
            StepClock clock, SchedulerSettings settings, Iterable<Arrival> arrivals, Limits limits) {
        return run(new Service(clock, settings), arrivals, Window.ALL, limits);
    }

    /** The same for a service of several replicas, of which some requests count. */
    public static SimulationResult run(Service service, Iterable<Arrival> arrivals, Window window, Limits limits) {
        return new Simulation(service, arrivals, window, true).run(limits);
    }

    /** The same, step by step. */
    static SimulationResult runStepwise(Service service, Iterable<Arrival> arrivals, Window window, Limits limits) {
        return new Simulation(service, arrivals, window, false).run(limits);
    }

    /**
     * The largest rate of requests, one by one or in bursts, that keeps the limits for all but one in a hundred.
     *
     * @throws Failure as {@link #run}
     */
    public static Capacity capacity(StepClock clock, SchedulerSettings settings, Lengths lengths, Limits limits) {
        return capacity(new Service(clock, settings), lengths, limits, Search.DEFAULT);
    }

    /** The same for a service, looked for in another way. */
    public static Capacity capacity(Service service, Lengths lengths, Limits limits, Search search) {
        return new PeakSearch(service, lengths, limits, search).find();
    }

    /**
     * What a rate was found to do.
     *
     * @param overTtft requests whose first token came too late, or never
     * @param overTpot requests whose further tokens did
     * @param result null where there were too many of these to go on
     */
    record Trial(long overTtft, long overTpot, @Nullable SimulationResult result) {}

    /** Goes on until all requests have ended, or {@code most} have come too late. */
    static Trial trial(Service service, Iterable<Arrival> arrivals, Limits limits, long most) {
        Simulation simulation = new Simulation(service, arrivals, Window.ALL, true);
        simulation.ledger.watch(limits, most);
        SimulationResult result = simulation.run(limits);
        Ledger ledger = simulation.ledger;
        return new Trial(ledger.overTtft(), ledger.overTpot(), ledger.isGivenUp() ? null : result);
    }

    private SimulationResult run(Limits limits) {
        long now = 0;
        for (long next = next(); next != Feed.NEVER && !ledger.isComplete(); next = next()) {
            now = next;
            fleet.apply(now);
            fleet.change(now);
            while (feed.next() <= now) {
                come(now);
            }
            fleet.begin(now, single ? feed.next() : Feed.NEVER);
        }
        SimulationResult result = ledger.result(limits, fleet.totals(now), feed.isClosed());
        if (result.refused() == result.requests()) {
            throw Failure.of(
                            FailureCode.LIMIT_EXCEEDED,
                            result.requests() == 0
                                    ? "There is no request that counts"
                                    : "No request can run: each is longer than the room for keys and values, "
                                            + room.blocks() * settings.blockTokens() + " tokens")
                    .withNextStep("take a device with more memory, more devices, or smaller number formats");
        }
        return result;
    }

    private long next() {
        return Math.min(feed.next(), fleet.next());
    }

    private void come(long now) {
        int request = feed.taken();
        Arrival arrival = feed.take();
        ledger.come(request, now, arrival, fleet.outstanding());
        if (room.fits(arrival, settings)) {
            fleet.add(request, arrival, now);
        } else {
            ledger.refuse(request, now);
            feed.ended(now);
        }
    }
}
