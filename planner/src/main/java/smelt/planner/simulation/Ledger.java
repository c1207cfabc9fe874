package smelt.planner.simulation;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import smelt.planner.simulation.SimulationResult.Saturation;

/** When each request was due, got its first token and its last; in nanoseconds since the start. */
final class Ledger {
    private static final long NONE = -1;
    /** Fewer say nothing of whether a queue grows. */
    private static final int LEAST_REQUESTS = 60;
    /** By how much those who come later must find more requests there than those before them did. */
    private static final double GROWTH = 1.2;
    /** And by which part of all requests. */
    private static final double GROWTH_SHARE = 0.02;

    private final Window window;
    private long[] due = new long[1024];
    private long[] first = new long[1024];
    private long[] last = new long[1024];
    private int[] outputs = new int[1024];
    /** Requests that were there when it came. */
    private int[] found = new int[1024];

    private int count;
    private int counted;
    private int ended;
    private int refused;
    private long promptTokens;
    private long cachedTokens;

    /** Those watched for; none at first. */
    private long ttftLimit = Long.MAX_VALUE;

    private double tpotLimit = Double.POSITIVE_INFINITY;
    private long mostOver = Long.MAX_VALUE;
    private long overTtft;
    private long overTpot;

    private long beginNanos = NONE;
    private long endNanos;
    private long answerTokens;

    Ledger(Window window) {
        this.window = window;
    }

    void come(int request, long nanos, Arrival arrival, int outstanding) {
        if (request == due.length) {
            due = Arrays.copyOf(due, 2 * request);
            first = Arrays.copyOf(first, 2 * request);
            last = Arrays.copyOf(last, 2 * request);
            outputs = Arrays.copyOf(outputs, 2 * request);
            found = Arrays.copyOf(found, 2 * request);
        }
        count = request + 1;
        due[request] = nanos;
        first[request] = NONE;
        last[request] = NONE;
        outputs[request] = arrival.output();
        found[request] = outstanding;
        if (window.has(request)) {
            counted++;
            promptTokens += arrival.input();
            beginNanos = beginNanos == NONE ? nanos : beginNanos;
        }
    }

    /** Whether what ends then counts. */
    boolean counts(long nanos) {
        return beginNanos != NONE && nanos > beginNanos;
    }

    /** Gives up as soon as so many requests are beyond a limit. */
    void watch(Limits limits, long most) {
        ttftLimit = (long) Math.min(1e18, limits.ttftSeconds() * 1e9);
        tpotLimit = limits.tpotSeconds() * 1e9;
        mostOver = most;
    }

    long overTtft() {
        return overTtft;
    }

    long overTpot() {
        return overTpot;
    }

    boolean isGivenUp() {
        return overTtft >= mostOver || overTpot >= mostOver;
    }

    void refuse(int request, long nanos) {
        if (window.has(request)) {
            refused++;
            overTtft++;
            end(nanos);
        }
    }

    void first(int request, long nanos) {
        first[request] = nanos;
    }

    void last(int request, long nanos, int cached) {
        last[request] = nanos;
        answerTokens += counts(nanos) ? outputs[request] : 0;
        if (window.has(request)) {
            cachedTokens += cached;
            overTtft += first[request] - due[request] > ttftLimit ? 1 : 0;
            overTpot += nanos - first[request] > tpotLimit * (outputs[request] - 1) ? 1 : 0;
            end(nanos);
        }
    }

    private void end(long nanos) {
        ended++;
        endNanos = nanos;
    }

    /** Whether all that count have ended, or enough is known. */
    boolean isComplete() {
        return ended == window.count() || isGivenUp();
    }

    SimulationResult result(Limits limits, Totals totals, boolean closed) {
        double[] ttft = new double[counted];
        double[] tpot = new double[counted];
        double[] latency = new double[counted];
        int answers = 0;
        int longer = 0;
        int good = 0;
        for (int i = (int) Math.min(count, window.skip()); i < count && window.has(i); i++) {
            if (last[i] == NONE) {
                continue;
            }
            double wait = (first[i] - due[i]) / 1e9;
            double each = outputs[i] == 1 ? 0 : (last[i] - first[i]) / 1e9 / (outputs[i] - 1);
            ttft[answers] = wait;
            latency[answers++] = (last[i] - due[i]) / 1e9;
            if (outputs[i] > 1) {
                tpot[longer++] = each;
            }
            good += wait <= limits.ttftSeconds() && each <= limits.tpotSeconds() ? 1 : 0;
        }
        double seconds = Math.max(1, endNanos - Math.max(0, beginNanos)) / 1e9;
        return new SimulationResult(
                Distribution.of(ttft, answers),
                Distribution.of(tpot, longer),
                Distribution.of(latency, answers),
                counted == 0 ? 0 : (double) good / counted,
                answerTokens / seconds,
                Math.min(1, totals.busyNanos() / 1e9 / seconds / totals.replicas()),
                (int) Math.min(Integer.MAX_VALUE, totals.preemptions()),
                totals.busyNanos() == 0 ? 0 : totals.heldNanos() / totals.busyNanos(),
                counted,
                refused,
                promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens,
                saturation(totals, closed));
    }

    private Set<Saturation> saturation(Totals totals, boolean closed) {
        Set<Saturation> all = EnumSet.noneOf(Saturation.class);
        if (totals.shortNanos() > 0.1 * totals.busyNanos() || totals.preemptions() > 0.01 * counted) {
            all.add(Saturation.KV_FULL);
        }
        if (!closed && counted >= LEAST_REQUESTS) {
            double early = meanFound(0);
            double middle = meanFound(1);
            double late = meanFound(2);
            boolean grows = middle > GROWTH * early && late > GROWTH * middle;
            if (grows && late - early > GROWTH_SHARE * counted) {
                all.add(Saturation.BACKLOG);
            }
        }
        return all;
    }

    /** In a third of the requests that count; that they are many makes little of a few. */
    private double meanFound(int third) {
        int from = (int) window.skip();
        long sum = 0;
        int begin = from + (int) ((long) counted * third / 3);
        int end = from + (int) ((long) counted * (third + 1) / 3);
        for (int i = begin; i < end; i++) {
            sum += found[i];
        }
        return 1 + (double) sum / Math.max(1, end - begin);
    }

    /**
     * Of all replicas, in nanoseconds of steps.
     *
     * @param heldNanos times the part of the blocks that was held
     * @param shortNanos while somebody waited for blocks
     */
    record Totals(int replicas, long busyNanos, double heldNanos, long shortNanos, long preemptions) {}
}
