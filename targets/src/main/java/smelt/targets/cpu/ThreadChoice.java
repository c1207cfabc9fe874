package smelt.targets.cpu;

import java.util.Locale;
import smelt.base.Trace;

/**
 * How many threads run the steps of one kind, found by measuring. Where neighbours keep cores busy, or memory feeds no
 * more, fewer threads are faster, and that changes from second to second: so the choice runs on the best number known,
 * and from time to time tries another. What is lost by trying stays below a fortieth of the time. Results do not depend
 * on the number.
 */
final class ThreadChoice {
    /** Long enough for some slices of the system's scheduler (3 ms on Linux). */
    private static final long WINDOW_NANOS = 30_000_000;

    private static final int WINDOW_STEPS = 3;
    /** After it a window ends even with a single step. */
    private static final long LONGEST_WINDOW_NANOS = 4 * WINDOW_NANOS;

    private static final double CLEARLY_FASTER = 0.95;
    /** A mean so far above the fastest step tells of neighbours. */
    private static final double DISTURBED = 1.3;

    private static final long WAIT_PER_LOSS = 40;
    private static final long SHORTEST_WAIT_NANOS = 100_000_000;
    private static final long QUIET_WAIT_NANOS = 1_000_000_000;
    private static final long LONGEST_WAIT_NANOS = 4_000_000_000L;

    private final int most;
    /** Mean nanoseconds of a step by number of threads; 0 where unknown. */
    private final double[] means;

    private int best;
    private int current;
    private int trials;

    private long windowNanos;
    private int windowSteps;
    private long fastest = Long.MAX_VALUE;
    private long sinceTrial;
    private long wait = QUIET_WAIT_NANOS;
    private double leastWait;
    private boolean quiet;

    /**
     * @param most threads that there are
     * @param first number to begin with
     */
    ThreadChoice(int most, int first) {
        this.most = most;
        this.means = new double[most + 1];
        this.best = first;
        this.current = first;
    }

    /** For the next step. */
    int threads() {
        return current;
    }

    /** What a step on {@link #threads()} took. */
    void took(long nanos) {
        if (most == 1) {
            return;
        }
        windowNanos += nanos;
        windowSteps++;
        sinceTrial += nanos;
        fastest = Math.min(fastest, nanos);
        boolean full = windowNanos >= WINDOW_NANOS && windowSteps >= WINDOW_STEPS;
        if (full || windowNanos >= LONGEST_WINDOW_NANOS) {
            endWindow((double) windowNanos / windowSteps);
            windowNanos = 0;
            windowSteps = 0;
            fastest = Long.MAX_VALUE;
        }
    }

    /**
     * Whether no step of the last window took much longer than the others. Of slow steps nobody can tell: each of them
     * lasts several slices of the system's scheduler.
     */
    boolean isQuiet() {
        return quiet;
    }

    private void endWindow(double mean) {
        boolean undisturbed = mean <= DISTURBED * fastest;
        quiet = undisturbed && windowSteps > WINDOW_STEPS;
        if (current != best) {
            endTrial(mean);
            return;
        }
        means[best] = means[best] == 0 ? mean : (means[best] + mean) / 2;
        if (!undisturbed) {
            wait = Math.max(SHORTEST_WAIT_NANOS, wait / 2);
        }
        if (sinceTrial >= leastWait) {
            current = promising();
            if (current == best && sinceTrial >= wait) {
                current = neighbour();
            }
        }
    }

    /** Judges by this one window: what the number took before may be of another time. */
    private void endTrial(double mean) {
        means[current] = mean;
        leastWait = WAIT_PER_LOSS * (windowNanos - windowSteps * means[best]);
        wait = Math.min(LONGEST_WAIT_NANOS, 2 * wait);
        sinceTrial = 0;
        if (mean < CLEARLY_FASTER * means[best]) {
            int before = best;
            best = current;
            wait = SHORTEST_WAIT_NANOS;
            Trace.print(
                    Trace.CHOICES,
                    () -> before + " threads took " + text(means[before]) + " a step, now " + best + " take "
                            + text(mean));
        }
        current = best;
    }

    private static String text(double nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    /** The number that was clearly faster when last tried than the best is now; else the best. */
    private int promising() {
        int found = best;
        for (int threads = 1; threads <= most; threads++) {
            if (means[threads] > 0 && means[threads] < CLEARLY_FASTER * means[found]) {
                found = threads;
            }
        }
        return found;
    }

    /** One fewer, one more, half and twice as many, in turn. */
    private int neighbour() {
        int found = best;
        while (found == best) {
            found = switch (trials++ % 4) {
                case 0 -> best - 1;
                case 1 -> best / 2;
                case 2 -> best + 1;
                default -> 2 * best;
            };
            found = Math.clamp(found, 1, most);
        }
        return found;
    }
}
