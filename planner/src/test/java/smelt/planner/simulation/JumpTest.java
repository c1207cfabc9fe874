package smelt.planner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.PromptSharing;
import smelt.planner.simulation.SimulationResult.Saturation;

/** Guards planner/: steps taken at once, blocks not kept book of and threads change no result, to the bit. */
class JumpTest {
    private static final int LOADS = Integer.getInteger("smelt.loads", 400);

    /** A random load on a random service. */
    private record Case(Service service, Arrivals arrivals, Window window) {
        static Case of(long seed) {
            Random random = new Random(seed);
            int blockTokens = 1 + random.nextInt(20);
            int longest = 2 + random.nextInt(400);
            SchedulerSettings settings = new SchedulerSettings(
                    1 + random.nextInt(random.nextBoolean() ? 40 : 1000),
                    1 + random.nextInt(40),
                    blockTokens,
                    random.nextInt(3) > 0,
                    PromptSharing.values()[random.nextInt(3)]);
            Clocks clock = new Clocks(
                    random.nextInt(4) == 0 ? 0 : 1e-3 * random.nextDouble(),
                    1e-5 * random.nextDouble(),
                    1e-4 * random.nextDouble(),
                    1e-8 * random.nextDouble(),
                    blockTokens + (long) (longest * (0.8 + 12 * random.nextDouble() * random.nextDouble())));
            Service service = new Service(clock, settings).withReplicas(1 + random.nextInt(3));
            int count = 1 + random.nextInt(120);
            Window window = random.nextBoolean() ? Window.ALL : new Window(count / 4, 1 + count / 2);
            return new Case(
                    random.nextInt(3) == 0 ? service.withOutages(outages(random, service.replicas())) : service,
                    arrivals(random, count, longest),
                    window);
        }

        private static Arrivals arrivals(Random random, int count, int longest) {
            Lengths lengths = random.nextInt(4) == 0
                    ? Lengths.fixed(1 + random.nextInt(longest - 1), 1 + random.nextInt(longest))
                    : Lengths.uniform(1, longest - 1, 1, 1 + random.nextInt(longest));
            if (random.nextBoolean()) {
                lengths = lengths.withPrefix(random.nextDouble(), 1 + random.nextInt(3));
            }
            double rate = Math.pow(10, 0.5 + 2 * random.nextDouble());
            return random.nextInt(3) == 0
                    ? Arrivals.closedLoop(1 + random.nextInt(30), count, lengths, random.nextLong())
                    : Arrivals.gamma(rate, 2 * random.nextDouble(), count, lengths, random.nextLong());
        }

        private static List<Outage> outages(Random random, int replicas) {
            List<Outage> outages = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                double from = random.nextDouble();
                outages.add(new Outage(random.nextInt(replicas), from, from + 0.001 + random.nextDouble()));
            }
            return outages;
        }

        Object run(boolean jumps) {
            try {
                Limits limits = new Limits(0.05, 0.002);
                return jumps
                        ? Simulation.run(service, arrivals, window, limits)
                        : Simulation.runStepwise(service, arrivals, window, limits);
            } catch (Failure e) {
                return e.what();
            }
        }
    }

    @Test
    void stepsTakenAtOnceChangeNothing() {
        Set<Saturation> seen = new HashSet<>();
        long preemptions = 0;
        double cached = 0;
        for (long seed = 0; seed < LOADS; seed++) {
            Case one = Case.of(seed);
            Object jumped = one.run(true);
            assertThat(jumped).as("seed %d: %s", seed, one).isEqualTo(one.run(false));
            if (jumped instanceof SimulationResult result) {
                seen.addAll(result.saturation());
                preemptions += result.preemptions();
                cached += result.cachedShare();
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(Saturation.values());
        assertThat(preemptions).isGreaterThan(LOADS);
        assertThat(cached).isGreaterThan(LOADS / 50.0);
    }

    @Test
    void blocksThatNoLoadNeedsChangeNothing() {
        for (long seed = 0; seed < LOADS; seed++) {
            Case one = Case.of(seed);
            if (one.arrivals.users() > 0) {
                continue;
            }
            List<Arrival> unknown = new ArrayList<>();
            one.arrivals.forEach(unknown::add);
            Case same = new Case(one.service, one.arrivals, one.window);
            Object expected = same.run(true);
            if (expected instanceof SimulationResult) {
                assertThat(Simulation.run(one.service, unknown, one.window, new Limits(0.05, 0.002)))
                        .as("seed %d", seed)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void threadsChangeNothing() throws Exception {
        List<Callable<Object>> runs = new ArrayList<>();
        for (long seed = 0; seed < 40; seed++) {
            Case one = Case.of(seed);
            runs.add(() -> one.run(true));
            runs.add(() -> one.run(true));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            var results = threads.invokeAll(runs);
            for (int i = 0; i < runs.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(Case.of(i / 2).run(true));
            }
        }
    }
}
