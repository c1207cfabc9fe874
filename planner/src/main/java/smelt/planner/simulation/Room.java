package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Rehearsal;

/**
 * Blocks of keys and values of one replica.
 *
 * @param blocks that the device has
 * @param needed that a load can ever hold; no more of them are kept book of
 * @param shares whether blocks may serve several requests
 */
record Room(long blocks, int needed, boolean shares) {
    private static final int MOST_BLOCKS = 1 << 22;
    /** Layers, as many as most models have. */
    private static final int PIECES = 32;

    static Room of(Service service, Iterable<Arrival> arrivals) {
        SchedulerSettings settings = service.settings();
        long blocks = service.clock().kvTokens() / settings.blockTokens();
        if (blocks < 1) {
            throw Failure.of(
                            FailureCode.INVALID_ARGUMENT,
                            "There is room for the keys and values of "
                                    + service.clock().kvTokens() + " tokens, less than a block of "
                                    + settings.blockTokens())
                    .withNextStep("take a device with more memory, more devices, or smaller number formats");
        }
        int kept = (int) Math.min(blocks, MOST_BLOCKS);
        if (!(arrivals instanceof Arrivals known)) {
            return new Room(blocks, kept, settings.sharesPrefixes());
        }
        long most = most(settings, known);
        if (known.sharesPrefixes() || most > kept) {
            return new Room(blocks, kept, settings.sharesPrefixes());
        }
        // nobody ever gives way, and no two requests begin alike: nothing is ever found computed
        return new Room(blocks, (int) most, false);
    }

    /** All that run, and the one that is about to, have all their blocks and one more. */
    private static long most(SchedulerSettings settings, Arrivals arrivals) {
        int running = Math.min(settings.maxRunning(), settings.stepTokens());
        running = arrivals.users() > 0 ? Math.min(running, arrivals.users()) : running;
        return (running + 1L) * (Math.ceilDiv(arrivals.longest(), settings.blockTokens()) + 1);
    }

    boolean fits(Arrival arrival, SchedulerSettings settings) {
        return arrival.tokens() <= (long) needed * settings.blockTokens();
    }

    Rehearsal.Rules rules(SchedulerSettings settings) {
        return new Rehearsal.Rules(
                settings.blockTokens(),
                needed,
                settings.stepTokens(),
                settings.maxRunning(),
                Long.MAX_VALUE,
                settings.sharing(),
                PIECES,
                shares);
    }
}
