package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Guards targets/cpu: doctor tells neighbours in this machine from those on its host, and neither from itself. */
class CpuUseTest {
    @Test
    void othersAreWhatIsBusyButForThisProcess() {
        CpuUse use = CpuUse.parse("cpu  1000 200 300 9000 10 0 7 50 0 0\ncpu0 1 2 3", 2.5)
                .orElseThrow();
        assertThat(use.others()).isCloseTo(12.5, within(1e-9));
        assertThat(use.stolen()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void coresAreSecondsForEachSecond() {
        CpuUse before = new CpuUse(0, 10, 1);
        CpuUse.Cores cores = new CpuUse(2_000_000_000L, 13, 0.5).since(before);
        assertThat(cores.others()).isCloseTo(1.5, within(1e-9));
        assertThat(cores.stolen()).isZero();
    }

    @Test
    void nonsenseIsNotTold() {
        assertThat(CpuUse.parse("", 0)).isEmpty();
        assertThat(CpuUse.parse("cpu 1 2 3", 0)).isEmpty();
        assertThat(CpuUse.parse("intr 1 2 3 4 5 6 7 8 9", 0)).isEmpty();
    }
}
