package smelt.planner.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.engine.PromptSharing;

/** Guards planner/: queues whose results are known behave as queueing theory says. */
class QueueingTest {
    private static final double STEP = 0.01;
    /** A step takes the same whatever is in it. */
    private static final Clocks CONSTANT = new Clocks(STEP, 0, 0, 0, 1 << 20);

    private static final SchedulerSettings ONE_AT_A_TIME =
            new SchedulerSettings(1024, 1, 16, false, PromptSharing.FILL);
    private static final SchedulerSettings MANY = ONE_AT_A_TIME.withMaxRunning(512);

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.6, 0.8, 0.9})
    void oneServerOfConstantTimeWaitsByPollaczekAndKhinchine(double load) {
        Arrivals arrivals = Arrivals.poisson(load / STEP, 400_000, Lengths.fixed(10, 1), 5);
        SimulationResult result = Simulation.run(CONSTANT, ONE_AT_A_TIME, arrivals, Limits.NONE);
        double expected = STEP + load * STEP / (2 * (1 - load));
        assertThat(result.ttft().mean()).isCloseTo(expected, withinPercentage(2));
        assertThat(result.latency()).isEqualTo(result.ttft());
        assertThat(result.tpot()).isEqualTo(Distribution.EMPTY);
        assertThat(result.utilisation()).isCloseTo(load, withinPercentage(1));
        assertThat(result.saturation()).isEmpty();
    }

    @Test
    void anAnswerOfManyTokensIsServedInAsManySteps() {
        double load = 0.7;
        Arrivals arrivals = Arrivals.poisson(load / (20 * STEP), 100_000, Lengths.fixed(10, 20), 6);
        SimulationResult result = Simulation.run(CONSTANT, ONE_AT_A_TIME, arrivals, Limits.NONE);
        double service = 20 * STEP;
        assertThat(result.latency().mean()).isCloseTo(service + load * service / (2 * (1 - load)), withinPercentage(3));
        assertThat(result.tpot().max()).isCloseTo(STEP, withinPercentage(0.001));
        assertThat(result.tokensPerSecond()).isCloseTo(load / STEP, withinPercentage(1));
    }

    @Test
    void usersOfAClosedLoopAreThroughputTimesLatency() {
        for (int users : new int[] {1, 7, 40}) {
            Arrivals arrivals = Arrivals.closedLoop(users, 20_000, Lengths.uniform(5, 900, 1, 300), 7);
            Window window = new Window(1_000, 15_000);
            SimulationResult result = Simulation.run(new Service(Clocks.USUAL, MANY), arrivals, window, Limits.NONE);
            double answersPerSecond = result.tokensPerSecond() / 150.5;
            assertThat(answersPerSecond * result.latency().mean()).isCloseTo(users, withinPercentage(2));
            assertThat(result.requests()).isEqualTo(15_000);
        }
    }

    @Test
    void usersInStepGetATokenEachAStep() {
        Arrivals arrivals = Arrivals.closedLoop(8, 800, Lengths.fixed(16, 50), 8);
        SimulationResult result = Simulation.run(CONSTANT, MANY, arrivals, Limits.NONE);
        assertThat(result.tokensPerSecond()).isCloseTo(8 / STEP, withinPercentage(0.01));
        assertThat(result.ttft().max()).isCloseTo(STEP, withinPercentage(0.001));
        assertThat(result.latency().max()).isCloseTo(50 * STEP, withinPercentage(0.001));
        assertThat(result.utilisation()).isEqualTo(1);
    }

    @Test
    void whoComesDuringAStepWaitsForItsEnd() {
        // far from each other: half a step on average where one runs, none otherwise
        Arrivals arrivals = Arrivals.poisson(1, 50_000, Lengths.fixed(16, 100), 9);
        SimulationResult result = Simulation.run(CONSTANT, MANY, arrivals, Limits.NONE);
        double busy = result.utilisation();
        assertThat(busy).isCloseTo(1 - Math.exp(-1), withinPercentage(3));
        assertThat(result.ttft().mean()).isCloseTo(STEP + busy * STEP / 2, withinPercentage(2));
    }

    @Test
    void longPromptsComeInChunks() {
        Clocks clock = new Clocks(0, 1e-4, 0, 0, 1 << 20);
        SchedulerSettings chunks = MANY.withStepTokens(256);
        Arrivals arrivals = Arrivals.closedLoop(1, 10, Lengths.fixed(1000, 1), 10);
        SimulationResult result = Simulation.run(clock, chunks, arrivals, Limits.NONE);
        assertThat(result.ttft().mean()).isCloseTo(0.1, withinPercentage(0.001));
        // 4 chunks, each of which costs a step
        SimulationResult stepped = Simulation.run(new Clocks(STEP, 0, 0, 0, 1 << 20), chunks, arrivals, Limits.NONE);
        assertThat(stepped.ttft().mean()).isCloseTo(4 * STEP, withinPercentage(0.001));
    }

    @Test
    void positionsAttendedToAreCounted() {
        // 3 rows of a prompt attend to 1 + 2 + 3 positions, the two tokens after the first to 4 and 5
        Clocks clock = new Clocks(0, 0, 0, 1, 1 << 20);
        SimulationResult result =
                Simulation.run(clock, MANY, Arrivals.closedLoop(1, 1, Lengths.fixed(3, 3), 1), Limits.NONE);
        assertThat(result.ttft().mean()).isEqualTo(6);
        assertThat(result.latency().mean()).isEqualTo(15);
    }

    @Test
    void promptsFirstDelaysThoseWhoGenerate() {
        Arrivals arrivals = Arrivals.poisson(20, 5_000, Lengths.fixed(500, 100), 11);
        SimulationResult mixed = Simulation.run(Clocks.USUAL, MANY, arrivals, Limits.NONE);
        SimulationResult first =
                Simulation.run(Clocks.USUAL, MANY.withSharing(PromptSharing.FIRST), arrivals, Limits.NONE);
        assertThat(first.tpot().mean()).isGreaterThan(mixed.tpot().mean());
        assertThat(first.ttft().mean()).isLessThan(mixed.ttft().mean());
    }

    @Test
    void burstsMakeTheTailLonger() {
        Lengths lengths = Lengths.fixed(500, 100);
        double[] p99 = new double[3];
        double[] variation = {0, 1, 4};
        for (int i = 0; i < 3; i++) {
            Arrivals arrivals = Arrivals.gamma(20, variation[i], 20_000, lengths, 12);
            p99[i] = Simulation.run(Clocks.USUAL, MANY, arrivals, Limits.NONE)
                    .ttft()
                    .p99();
        }
        assertThat(p99[0]).isLessThan(p99[1] / 1.5);
        assertThat(p99[1]).isLessThan(p99[2] / 1.5);
    }
}
