package smelt.planner.simulation;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Requests that come, a finite number, the same whenever they are asked for. */
public final class Arrivals implements Iterable<Arrival> {
    /** What gives the same arrivals again. */
    private interface Source {
        Iterator<Arrival> open();
    }

    private final Source source;
    private final int users;
    private final int longest;
    private final boolean sharesPrefixes;

    private Arrivals(Source source, int users, int longest, boolean sharesPrefixes) {
        this.source = source;
        this.users = users;
        this.longest = longest;
        this.sharesPrefixes = sharesPrefixes;
    }

    /** {@code count} requests that know nothing of each other. */
    public static Arrivals poisson(double perSecond, long count, Lengths lengths, long seed) {
        return gamma(perSecond, 1, count, lengths, seed);
    }

    /**
     * {@code count} requests with gamma distributed time between them.
     *
     * @param variation standard deviation of that time by its mean: 0 regular, 1 Poisson, above that in bursts; one by
     *     its square is the burstiness of vLLM's benchmark
     */
    public static Arrivals gamma(double perSecond, double variation, long count, Lengths lengths, long seed) {
        require(perSecond > 0 && perSecond <= 1e9, "requests a second", perSecond);
        require(variation >= 0 && variation <= 100, "variation of the time between requests", variation);
        requireCount(count);
        return new Arrivals(
                () -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    DoubleSupplier gap = Gamma.withMean(1 / perSecond, variation, random.split());
                    double[] now = {0};
                    return LongStream.range(0, count)
                            .mapToObj(i -> arrival(now[0] += gap.getAsDouble(), lengths.draw(random)))
                            .iterator();
                },
                0,
                lengths.longest(),
                lengths.sharesPrefixes());
    }

    /** {@code users} who each send a request, wait for all of the answer, and send the next; {@code count} in all. */
    public static Arrivals closedLoop(int users, long count, Lengths lengths, long seed) {
        require(users >= 1, "users", users);
        requireCount(count);
        return new Arrivals(
                () -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    return LongStream.range(0, count)
                            .mapToObj(i -> arrival(0, lengths.draw(random)))
                            .iterator();
                },
                users,
                lengths.longest(),
                lengths.sharesPrefixes());
    }

    /** Those of a trace, see {@link Trace}. */
    public static Arrivals trace(Path csv) {
        return of(Trace.read(csv));
    }

    /** These, in order of time. */
    public static Arrivals of(List<Arrival> arrivals) {
        List<Arrival> all = List.copyOf(arrivals);
        int longest = all.stream().mapToInt(Arrival::tokens).max().orElse(1);
        return new Arrivals(all::iterator, 0, longest, all.stream().anyMatch(arrival -> arrival.sharedPrefix() > 0));
    }

    /** The same so many times as fast, or slower where {@code factor} is below 1. */
    public Arrivals times(double factor) {
        require(factor > 0 && factor <= 1e9, "speed of a trace", factor);
        return new Arrivals(
                () -> {
                    Iterator<Arrival> own = source.open();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return own.hasNext();
                        }

                        @Override
                        public Arrival next() {
                            return own.next().sooner(factor);
                        }
                    };
                },
                users,
                longest,
                sharesPrefixes);
    }

    private static Arrival arrival(double seconds, Length length) {
        return new Arrival(seconds, length.input(), length.output(), length.sharedPrefix(), length.prefixGroup());
    }

    /** Who send the next request when their last one is answered; 0 where requests come at their times. */
    int users() {
        return users;
    }

    /** Most tokens of prompt and answer together. */
    int longest() {
        return longest;
    }

    boolean sharesPrefixes() {
        return sharesPrefixes;
    }

    @Override
    public Iterator<Arrival> iterator() {
        return source.open();
    }

    private static void requireCount(long count) {
        if (count < 1 || count > 1L << 30) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "A load has between 1 and 2^30 requests, not " + count);
        }
    }

    private static void require(boolean valid, String what, double value) {
        if (!valid) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "The " + what + " cannot be " + value);
        }
    }
}
