package smelt.planner.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.PromptSharing;

/** Guards planner/: the largest rate within limits is found, and no more is claimed than a few requests say. */
class CapacityTest {
    private static final SchedulerSettings VLLM = SchedulerSettings.of("vllm");

    /** Computed apart from this, from the binomial distribution. */
    @Test
    void soManyRequestsAreNeededForACertainPercentile() {
        assertCounts(0.9, 44, 64, 81, 127, 197, 325, 681, 1246);
        assertCounts(0.95, 90, 130, 165, 259, 398, 656, 1372, 2504);
        assertCounts(0.97, 152, 219, 277, 433, 667, 1097, 2293, 4182);
        assertCounts(0.99, 459, 662, 838, 1307, 2010, 3304, 6898, 12571);
        assertCounts(0.999, 4603, 6636, 8403, 13105, 20140, 33097, 69058, 125826);
    }

    private static void assertCounts(double percentile, long... counts) {
        long[] over = {0, 1, 2, 5, 10, 20, 50, 100};
        for (int i = 0; i < over.length; i++) {
            assertThat(new EarlyStopping(percentile, 0.99).count(over[i]))
                    .as("%f, %d", percentile, over[i])
                    .isEqualTo(counts[i]);
        }
    }

    @Test
    void whatIsSureIsSureInOneDirectionOnly() {
        EarlyStopping stopping = EarlyStopping.LOADGEN_P99;
        for (long count : new long[] {100, 459, 1000, 20_000}) {
            long failing = stopping.fewestFailing(count);
            assertThat(stopping.fails(failing, count)).isTrue();
            assertThat(stopping.fails(failing - 1, count)).isFalse();
            assertThat(failing).isGreaterThan(count / 100);
            for (long over = 0; over <= failing; over++) {
                assertThat(stopping.holds(over, count) && stopping.fails(over, count))
                        .isFalse();
            }
        }
        assertThat(stopping.holds(0, 458)).isFalse();
        assertThatThrownBy(() -> new EarlyStopping(1, 0.99)).isInstanceOf(Failure.class);
    }

    @Test
    void oneServerOfConstantTimeIsLoadedUntilItsTailIsTooLong() {
        double step = 0.01;
        Clocks clock = new Clocks(step, 0, 0, 0, 1 << 20);
        SchedulerSettings one = new SchedulerSettings(64, 1, 16, false, PromptSharing.FILL);
        Search search = Search.DEFAULT.withMost(200_000).withSeconds(600);
        Capacity capacity =
                Simulation.capacity(new Service(clock, one), Lengths.fixed(5, 1), new Limits(0.1, 1), search);
        // P(wait > t) of M/D/1 is near exp(-2 (1 - load) t / (load step)): 1 in 100 within 9 steps at a load of 0.796
        assertThat(capacity.perSecond() * step).isCloseTo(0.79, withinPercentage(4));
        SimulationResult result = Objects.requireNonNull(capacity.result());
        assertThat(result.ttft().p99()).isLessThanOrEqualTo(0.1);
        assertThat(capacity.simulations()).isLessThan(40);
    }

    @Test
    void tighterLimitsAndBurstsLeaveLess() {
        Service service = new Service(Clocks.USUAL, VLLM);
        Lengths lengths = Lengths.fixed(500, 100);
        double loose = Simulation.capacity(Clocks.USUAL, VLLM, lengths, new Limits(2, 0.1))
                .perSecond();
        double tight = Simulation.capacity(Clocks.USUAL, VLLM, lengths, new Limits(0.4, 0.03))
                .perSecond();
        Search bursts = Search.DEFAULT.withVariation(4);
        double bursty = Simulation.capacity(service, lengths, new Limits(0.4, 0.03), bursts)
                .perSecond();
        double two = Simulation.capacity(service.withReplicas(2), lengths, new Limits(0.4, 0.03), Search.DEFAULT)
                .perSecond();
        assertThat(tight).isLessThan(0.9 * loose);
        assertThat(bursty).isLessThan(0.9 * tight);
        assertThat(two).isBetween(2 * tight, 2.5 * tight);
        SimulationResult above = Simulation.run(
                Clocks.USUAL, VLLM, Arrivals.poisson(1.15 * tight, 20_000, lengths, 77), new Limits(0.4, 0.03));
        assertThat(above.goodput()).isLessThan(0.99);
    }

    @Test
    void withoutLimitsTheQueueMustNotGrow() {
        Capacity capacity = Simulation.capacity(Clocks.USUAL, VLLM, Lengths.fixed(500, 100), Limits.NONE);
        assertThat(capacity.perSecond()).isBetween(20.0, 40.0);
    }

    @Test
    void whatBreaksTheLimitsAloneHasNoCapacity() {
        Lengths lengths = Lengths.fixed(5000, 100);
        Capacity none = Simulation.capacity(Clocks.USUAL, VLLM, lengths, new Limits(0.1, 0.05));
        assertThat(none).isEqualTo(new Capacity(0, null, none.simulations()));
        assertThat(Simulation.capacity(Clocks.USUAL, VLLM, lengths, new Limits(1, 1e-3))
                        .perSecond())
                .isZero();
    }
}
