package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import smelt.graph.Cost;

/** Guards bench: what a kernel must do, and how long that takes at the machine's limits. */
class KernelWorkTest {
    private static final Offset<Double> EXACT = within(1e-9);
    private static final KernelReport.Limits LIMITS = new KernelReport.Limits(20, Optional.of(2.0), 100);

    @Test
    void rowsShareTheWeightsAndNotTheArithmetic() {
        KernelWork work = KernelWork.of(new Cost(1000, 500, 70, List.of()), 1.5, 2, 8, 4);
        assertThat(work).isEqualTo(new KernelWork(1500, 4000, 280));
    }

    @Test
    void attentionSeesAllPositionsOrThoseOfItsWindow() {
        Cost all = new Cost(0, 0, 0, List.of(new Cost.Looking(0, 10, 3)));
        // two rows behind 8 positions see 9 and 10
        assertThat(KernelWork.of(all, 1, 2, 8, 2)).isEqualTo(new KernelWork(200, 0, 57));
        Cost window = new Cost(0, 0, 0, List.of(new Cost.Looking(4, 10, 3)));
        assertThat(KernelWork.of(window, 1, 2, 8, 2)).isEqualTo(new KernelWork(80, 0, 24));
    }

    @Test
    void theLeastIsTheLongestOfAll() {
        assertThat(new KernelWork(2000, 0, 0).least(LIMITS)).isCloseTo(100, EXACT);
        assertThat(new KernelWork(2000, 400_000, 0).least(LIMITS)).isCloseTo(200, EXACT);
        assertThat(new KernelWork(2000, 400_000, 30_000).least(LIMITS)).isCloseTo(300, EXACT);
    }

    @Test
    void ratesAreOfWhatThereIs() {
        KernelReport.Kernel kernel = new KernelWork(2000, 400_000, 0).took("k", 3, 400, 0.5, LIMITS);
        assertThat(kernel.gbPerSecond()).contains(5.0);
        assertThat(kernel.tops()).contains(1.0);
        assertThat(kernel.gflops()).isEmpty();
        assertThat(kernel.leastMilliseconds()).isCloseTo(200e-6, EXACT);
    }
}
