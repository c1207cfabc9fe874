package smelt.planner.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.simulation.SimulationResult.Saturation;

/** Guards planner/: too much load, too little memory and machines that fail show in the result. */
class OverloadTest {
    private static final SchedulerSettings VLLM = SchedulerSettings.of("vllm");
    private static final Limits LIMITS = new Limits(0.5, 0.05);

    @Test
    void fullMemoryMakesRequestsWaitAndGiveWay() {
        Arrivals arrivals = Arrivals.closedLoop(64, 640, Lengths.fixed(8192, 1024), 1);
        SimulationResult roomy = Simulation.run(Clocks.USUAL.withKvTokens(1 << 20), VLLM, arrivals, LIMITS);
        SimulationResult tight = Simulation.run(Clocks.USUAL.withKvTokens(1 << 17), VLLM, arrivals, LIMITS);
        assertThat(roomy.saturated()).isFalse();
        assertThat(roomy.preemptions()).isZero();
        assertThat(tight.saturation()).contains(Saturation.KV_FULL);
        assertThat(tight.preemptions()).isPositive();
        assertThat(tight.kvUse()).isBetween(0.8, 1.0);
        assertThat(tight.ttft().mean()).isGreaterThan(10 * roomy.ttft().mean());
        assertThat(tight.tokensPerSecond()).isLessThan(roomy.tokensPerSecond());
    }

    @Test
    void moreThanIsAnsweredIsABacklog() {
        SimulationResult most =
                Simulation.run(Clocks.USUAL, VLLM, Arrivals.closedLoop(256, 5000, Lengths.fixed(500, 100), 1), LIMITS);
        double capacity = most.tokensPerSecond() / 100;
        SimulationResult much = Simulation.run(Clocks.USUAL, VLLM, load(0.85 * capacity), LIMITS);
        SimulationResult over = Simulation.run(Clocks.USUAL, VLLM, load(1.3 * capacity), LIMITS);
        assertThat(much.saturation()).isEmpty();
        assertThat(over.saturation()).contains(Saturation.BACKLOG);
        assertThat(over.goodput()).isLessThan(0.5);
        assertThat(over.tokensPerSecond()).isCloseTo(most.tokensPerSecond(), withinPercentage(15));
    }

    private static Arrivals load(double rate) {
        return Arrivals.poisson(rate, 5000, Lengths.fixed(500, 100), 2);
    }

    @Test
    void aRequestThatFitsNowhereIsRefusedAlone() {
        Lengths lengths = Lengths.of(List.of(new Length(100, 100), new Length(5000, 100)));
        SimulationResult result =
                Simulation.run(Clocks.USUAL.withKvTokens(4096), VLLM, Arrivals.poisson(1, 400, lengths, 3), LIMITS);
        assertThat(result.refused()).isBetween(150L, 250L);
        assertThat(result.latency().count()).isEqualTo(400 - result.refused());
        assertThat(result.goodput()).isCloseTo(1 - result.refused() / 400.0, withinPercentage(0.01));
    }

    @Test
    void whereNothingCanRunThereIsNoResult() {
        assertFailure(
                FailureCode.LIMIT_EXCEEDED,
                Clocks.USUAL.withKvTokens(4096),
                Arrivals.closedLoop(4, 10, Lengths.fixed(8192, 100), 1));
        assertFailure(FailureCode.INVALID_ARGUMENT, Clocks.USUAL.withKvTokens(15), load(1));
        assertFailure(FailureCode.INVALID_ARGUMENT, Clocks.USUAL.withKvTokens(-1), load(1));
        assertFailure(FailureCode.INVALID_ARGUMENT, new Clocks(Double.NaN, 0, 0, 0, 4096), load(1));
        assertFailure(FailureCode.INVALID_ARGUMENT, new Clocks(-1, 0, 0, 0, 4096), load(1));
        assertFailure(
                FailureCode.INVALID_ARGUMENT,
                Clocks.USUAL,
                Arrivals.of(List.of(new Arrival(2, 1, 1, 0, 0), new Arrival(1, 1, 1, 0, 0))));
        assertFailure(FailureCode.LIMIT_EXCEEDED, Clocks.USUAL, Arrivals.of(List.of()));
    }

    private static void assertFailure(FailureCode code, Clocks clock, Arrivals arrivals) {
        assertThatThrownBy(() -> Simulation.run(clock, VLLM, arrivals, LIMITS))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void commonPrefixesAreComputedOnce() {
        Lengths lengths = Lengths.fixed(1000, 20);
        SimulationResult alone = Simulation.run(Clocks.USUAL, VLLM, Arrivals.poisson(12, 5000, lengths, 4), LIMITS);
        SimulationResult shared =
                Simulation.run(Clocks.USUAL, VLLM, Arrivals.poisson(12, 5000, lengths.withPrefix(0.8, 3), 4), LIMITS);
        SimulationResult off = Simulation.run(
                Clocks.USUAL,
                VLLM.withSharesPrefixes(false),
                Arrivals.poisson(12, 5000, lengths.withPrefix(0.8, 3), 4),
                LIMITS);
        assertThat(shared.cachedShare()).isBetween(0.79, 0.8);
        assertThat(shared.ttft().mean()).isLessThan(alone.ttft().mean() / 2);
        assertThat(off.ttft()).isEqualTo(alone.ttft());
        assertThat(off.cachedShare()).isZero();
    }

    @Test
    void replicasShareTheLoad() {
        Service one = new Service(Clocks.USUAL, VLLM);
        SimulationResult single = Simulation.run(one, load(10), Window.ALL, LIMITS);
        SimulationResult four = Simulation.run(one.withReplicas(4), load(40), Window.ALL, LIMITS);
        assertThat(four.tokensPerSecond()).isCloseTo(4 * single.tokensPerSecond(), withinPercentage(5));
        assertThat(four.tpot().p99()).isLessThan(single.tpot().p99());
        assertThat(four.utilisation()).isBetween(0.5, 1.0);
    }

    @Test
    void aReplicaThatFailsLosesItsWork() {
        Service two = new Service(Clocks.USUAL, VLLM).withReplicas(2);
        SimulationResult whole = Simulation.run(two, load(40), Window.ALL, LIMITS);
        SimulationResult failing =
                Simulation.run(two.withOutages(List.of(new Outage(1, 20, 50))), load(40), Window.ALL, LIMITS);
        assertThat(failing.latency().count()).isEqualTo(5000);
        assertThat(failing.goodput()).isLessThan(whole.goodput());
        assertThat(failing.latency().max()).isGreaterThan(whole.latency().max());
        SimulationResult dark = Simulation.run(
                two.withOutages(List.of(new Outage(0, 20, 50), new Outage(1, 20, 60))), load(40), Window.ALL, LIMITS);
        assertThat(dark.latency().count()).isEqualTo(5000);
        assertThat(dark.ttft().max()).isGreaterThan(30);
    }
}
