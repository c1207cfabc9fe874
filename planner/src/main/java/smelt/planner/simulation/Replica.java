package smelt.planner.simulation;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Rehearsal;
import smelt.planner.time.StepClock;

/** One copy of the model with its queue: the engine's schedule on modelled time. */
final class Replica implements Rehearsal.Audience {
    private static final int MOST_STEPS = 4096;
    private static final int[] UNKNOWN_TOKENS = {};

    private final StepClock clock;
    private final Rehearsal.Rules rules;
    private final double blocks;
    private final boolean jumps;
    private final boolean mayFail;
    private final Ledger ledger;
    private final Feed feed;

    private Rehearsal rehearsal;
    /** By ticket. */
    private int[] requests = new int[1024];

    private int added;
    private int outstanding;
    /** What it is doing, where it may fail. */
    private final Map<Integer, Arrival> remembered = new TreeMap<>();
    /** When each of the steps that run ends. */
    private long[] ends = new long[64];

    private int steps;
    private boolean full;
    private boolean shortOfBlocks;
    private long nowNanos;
    /** Whether what runs is some of a step of prompts, and how long all of that takes. */
    private boolean aside;

    private long asideNanos;

    private long busyNanos;
    private double heldNanos;
    private long shortNanos;
    private long preemptions;

    /**
     * @param blocks of keys and values that the device has; the rules may name fewer, where no load needs more
     * @param jumps whether steps that are alike are taken at once
     * @param mayFail whether it remembers what it was doing
     */
    Replica(
            StepClock clock,
            Rehearsal.Rules rules,
            long blocks,
            boolean jumps,
            boolean mayFail,
            Ledger ledger,
            Feed feed) {
        this.clock = clock;
        this.rules = rules;
        this.blocks = blocks;
        this.jumps = jumps;
        this.mayFail = mayFail;
        this.ledger = ledger;
        this.feed = feed;
        rehearsal = new Rehearsal(rules, this);
    }

    /** Requests that wait or run here. */
    int outstanding() {
        return outstanding;
    }

    boolean isStepping() {
        return steps > 0;
    }

    /** When the steps that run end; {@link Feed#NEVER} where none does. */
    long end() {
        return steps == 0 ? Feed.NEVER : ends[steps - 1];
    }

    void add(int request, Arrival arrival) {
        if (added == requests.length) {
            requests = Arrays.copyOf(requests, 2 * added);
        }
        requests[added++] = request;
        outstanding++;
        if (mayFail) {
            remembered.put(request, arrival);
        }
        rehearsal.add(tokens(request, arrival), arrival.input(), arrival.tokens());
    }

    /** Prompts of a group begin alike; everything else is different from request to request. */
    private int[] tokens(int request, Arrival arrival) {
        if (!rules.sharesBlocks()) {
            return UNKNOWN_TOKENS;
        }
        int[] tokens = new int[arrival.tokens()];
        Arrays.fill(tokens, 0, arrival.sharedPrefix(), -1 - arrival.prefixGroup());
        Arrays.fill(tokens, arrival.sharedPrefix(), tokens.length, request);
        return tokens;
    }

    /** Somebody came while steps run: those are taken back that begin later, unless he could not start anyway. */
    void interrupt(long nanos) {
        if (full) {
            return;
        }
        int at = Arrays.binarySearch(ends, 0, steps, nanos);
        steps = Math.min(steps, (at < 0 ? -at - 1 : at) + 1);
    }

    /** Begins the next step, and as many like it as begin before {@code horizon}; none where nobody is there. */
    void begin(long nanos, long horizon) {
        nowNanos = nanos;
        if (!rehearsal.schedule(nanos)) {
            return;
        }
        full = rehearsal.isFull();
        shortOfBlocks = rehearsal.isShortOfBlocks();
        if (rehearsal.isEmpty()) {
            beginAside();
            return;
        }
        int alike = jumps ? Math.min(MOST_STEPS, rehearsal.alike()) : 1;
        int promptRows = rehearsal.promptRows();
        long promptContext = rehearsal.promptContext();
        int decodeRows = rehearsal.decodeRows();
        long decodeContext = rehearsal.decodeContext();
        long limit = full ? Feed.NEVER : horizon;
        long end = nanos;
        ends = ends.length < alike ? new long[Math.max(alike, 2 * ends.length)] : ends;
        do {
            end += nanos(clock.seconds(promptRows, promptContext, decodeRows, decodeContext));
            ends[steps++] = end;
            decodeContext += decodeRows;
        } while (steps < alike && end < limit);
    }

    /** Goes on with the step of prompts, if there is one, between two steps of those who generate. */
    private void beginAside() {
        aside = rehearsal.hasAside();
        if (aside) {
            asideNanos = nanos(clock.seconds(rehearsal.promptRows(), rehearsal.promptContext(), 0, 0));
            ends[0] = nowNanos + rehearsal.asideNanos(asideNanos);
            steps = 1;
        }
    }

    private long nanos(double seconds) {
        if (!(seconds >= 0 && seconds < 1e6)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A step of " + rehearsal.promptRows() + " tokens of prompts and " + rehearsal.decodeRows()
                            + " of answers cannot take " + seconds + " s");
        }
        return Math.max(1, Math.round(seconds * 1e9));
    }

    /** The steps that run have ended. */
    void apply() {
        long before = nowNanos;
        account(end());
        int done = steps;
        steps = 0;
        if (aside) {
            aside = false;
            rehearsal.applyAside(nowNanos - before, asideNanos);
        } else {
            rehearsal.apply(done);
            beginAside();
        }
    }

    /** Keeps book of the steps that have ended by then. */
    void account(long nanos) {
        int used = rehearsal.usedBlocks();
        for (int i = 0; i < steps && ends[i] <= nanos; i++) {
            used += i == 0 ? 0 : rehearsal.growth(i);
            long took = ends[i] - nowNanos;
            nowNanos = ends[i];
            if (!aside) {
                rehearsal.observe(took);
            }
            if (ledger.counts(nowNanos)) {
                busyNanos += took;
                heldNanos += used / blocks * took;
                shortNanos += shortOfBlocks ? took : 0;
            }
        }
    }

    @Override
    public void first(long ticket) {
        ledger.first(requests[(int) ticket], nowNanos);
    }

    @Override
    public void last(long ticket, int cached) {
        outstanding--;
        if (mayFail) {
            remembered.remove(requests[(int) ticket]);
        }
        ledger.last(requests[(int) ticket], nowNanos, cached);
        feed.ended(nowNanos);
    }

    /** Fails and is as new; returns what it was doing. */
    Map<Integer, Arrival> reset(long nanos) {
        account(nanos);
        preemptions += rehearsal.preemptions();
        rehearsal = new Rehearsal(rules, this);
        steps = 0;
        aside = false;
        added = 0;
        outstanding = 0;
        Map<Integer, Arrival> lost = new TreeMap<>(remembered);
        remembered.clear();
        return lost;
    }

    long busyNanos() {
        return busyNanos;
    }

    double heldNanos() {
        return heldNanos;
    }

    long shortNanos() {
        return shortNanos;
    }

    long preemptions() {
        return preemptions + rehearsal.preemptions();
    }
}
