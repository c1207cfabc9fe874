package smelt.planner.choice;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.simulation.Arrival;
import smelt.planner.simulation.Arrivals;
import smelt.planner.simulation.Window;

/** A trace of requests that is played against plans: of a long one, the busiest part, as that is the peak. */
public final class Replay {
    /** So many are played against a plan at most, which takes some ten milliseconds. */
    private static final int MOST_PLAYED = 4000;

    /** As a share of those that count: the ones before them, which fill the queues. */
    private static final int WARM_UP = 10;

    private final String file;
    private final List<Arrival> all;
    private final int from;
    private final int to;

    private Replay(String file, List<Arrival> all, int from, int to) {
        this.file = file;
        this.all = all;
        this.from = from;
        this.to = to;
    }

    /**
     * Reads a trace.
     *
     * @param csv as {@link Arrivals#trace} reads it
     * @throws Failure NOT_FOUND, MALFORMED with the line, INVALID_ARGUMENT where its requests tell no rate
     */
    public static Replay of(Path csv) {
        Path name = csv.getFileName();
        return of(
                name == null ? csv.toString() : name.toString(),
                StreamSupport.stream(Arrivals.trace(csv).spliterator(), false).toList());
    }

    static Replay of(String file, List<Arrival> all) {
        int played = Math.min(MOST_PLAYED, all.size());
        int from = 0;
        for (int i = 1; i + played <= all.size(); i++) {
            from = seconds(all, i, i + played) < seconds(all, from, from + played) ? i : from;
        }
        if (played < 2 || !(seconds(all, from, from + played) > 0)) {
            throw Failure.of(
                            FailureCode.INVALID_ARGUMENT,
                            played < 2
                                    ? "The trace " + file + " has one request alone"
                                    : "In the trace " + file + " " + played + " requests come at the same time")
                    .withNextStep("give a trace of some hundred requests at the times at which they came");
        }
        return new Replay(file, all, from, from + played);
    }

    /** From the first of these to the last. */
    private static double seconds(List<Arrival> all, int from, int to) {
        return all.get(to - 1).seconds() - all.get(from).seconds();
    }

    /** Requests of the whole trace. */
    public int requests() {
        return all.size();
    }

    /** Number of the first that counts; the trace's first is 1. */
    public int first() {
        return from + 1;
    }

    /** Number of the last that counts. */
    public int last() {
        return to;
    }

    public double startSeconds() {
        return all.get(from).seconds();
    }

    public double endSeconds() {
        return all.get(to - 1).seconds();
    }

    public String file() {
        return file;
    }

    /** Mean of the part. */
    public double requestsPerSecond() {
        return (to - from - 1) / seconds(all, from, to);
    }

    private List<Arrival> part() {
        return all.subList(from, to);
    }

    /** How many of the part are longer than so many tokens of prompt and answer. */
    long longerThan(long tokens) {
        return part().stream()
                .filter(a -> (long) a.input() + a.output() > tokens)
                .count();
    }

    /** Which requests count of {@link #arrivals}. */
    Window window(double share) {
        return new Window((long) (warmUp() * share), Math.max(1, (long) ((to - from) * share)));
    }

    private int warmUp() {
        return Math.min(from, (to - from) / WARM_UP);
    }

    /** The part and some before it, as fast as makes {@code perSecond} of them come; a share of them, by turns. */
    Arrivals arrivals(double perSecond, double share) {
        int begin = from - warmUp();
        double start = all.get(begin).seconds();
        List<Arrival> played = IntStream.range(begin, to)
                .filter(i -> Math.ceil((i - begin + 1) * share) > Math.ceil((i - begin) * share))
                .mapToObj(all::get)
                .map(a -> new Arrival(a.seconds() - start, a.input(), a.output(), a.sharedPrefix(), a.prefixGroup()))
                .toList();
        return Arrivals.of(played).times(perSecond / requestsPerSecond());
    }

    /** What the part looks like on average. */
    Workload workload() {
        double input = part().stream().mapToInt(Arrival::input).average().orElseThrow();
        double output = part().stream().mapToInt(Arrival::output).average().orElseThrow();
        return new Workload(
                "trace",
                (int) Math.max(1, Math.round(input)),
                (int) Math.max(1, Math.round(output)),
                hits(),
                variation(),
                "means of " + text(),
                Optional.of(this));
    }

    /** Part of the prompts' tokens that a request before had begun with. */
    private double hits() {
        Set<Integer> seen = new HashSet<>();
        double hits = 0;
        double tokens = 0;
        for (Arrival a : part()) {
            tokens += a.input();
            hits += a.sharedPrefix() > 0 && !seen.add(a.prefixGroup()) ? a.sharedPrefix() : 0;
        }
        return hits / tokens;
    }

    /** Of the time between requests. */
    private double variation() {
        double mean = 1 / requestsPerSecond();
        double squares = 0;
        for (int i = from + 1; i < to; i++) {
            double gap = all.get(i).seconds() - all.get(i - 1).seconds();
            squares += (gap - mean) * (gap - mean);
        }
        return Math.sqrt(squares / (to - from - 1)) / mean;
    }

    /** For people. */
    public String text() {
        String rate = Texts.number(requestsPerSecond()) + " a second";
        return (to - from == all.size()
                        ? "the " + all.size() + " requests of " + file
                        : "requests " + first() + " to " + last() + " of the " + all.size() + " of " + file
                                + ", the busiest part of it, from " + Math.round(startSeconds()) + " s to "
                                + Math.round(endSeconds()) + " s")
                + ", " + rate;
    }
}
