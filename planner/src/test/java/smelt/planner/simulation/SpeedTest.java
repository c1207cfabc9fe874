package smelt.planner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guards planner/: layouts can be searched exhaustively, because a simulation is fast. At least 100,000 requests a
 * second are wanted of a core to itself; the bound is what a busy machine does, too.
 */
class SpeedTest {
    private static final int REQUESTS = Integer.getInteger("smelt.requests", 50_000);
    private static final int ROUNDS = 4;

    @ParameterizedTest
    @ValueSource(doubles = {15, 25, 30})
    void requestsASecond(double rate) {
        Lengths lengths = Lengths.fixed(500, 100);
        SchedulerSettings settings = SchedulerSettings.of("vllm");
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            SimulationResult result = Simulation.run(
                    Clocks.USUAL, settings, Arrivals.poisson(rate, REQUESTS, lengths, round), Limits.NONE);
            best = Math.max(best, result.requests() * 1e9 / (System.nanoTime() - begin));
        }
        System.out.printf("%.0f requests/s come: %,.0f requests/s simulated%n", rate, best);
        assertThat(best).isGreaterThan(20_000);
    }
}
