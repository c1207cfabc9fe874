package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.DType;
import smelt.targets.cpu.Architecture;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.HugePages;
import smelt.targets.cpu.Tier;
import smelt.targets.reference.ReferenceTarget;

/** Guards the whole: a machine that denies something gives the same bits, in bounded time. */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoorMachineTest {
    private static final int TOKENS = 40;
    private static final TinyModel MODEL = new TinyModel("llama", DType.Q4_0, TOKENS);

    private static final int PR_SET_THP_DISABLE = 41;

    private static List<float[]> expected() {
        return MODEL.logits(new ReferenceTarget(1), TOKENS);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 12})
    void moreThreadsThanCores(int threads) {
        for (boolean choosing : new boolean[] {true, false}) {
            Tier tier = CpuFeatures.host().choose();
            CpuTarget target = choosing ? CpuTarget.start(tier, threads) : CpuTarget.startFixed(tier, threads);
            SameBits.expect(expected(), MODEL.logits(target, 9, 1), threads + " threads");
        }
    }

    @Test
    void neighboursOnEveryCore() throws IOException, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        List<Process> neighbours = new ArrayList<>();
        try {
            for (int i = 0; i < cores; i++) {
                neighbours.add(new ProcessBuilder("timeout", "60", "sh", "-c", "while :; do :; done").start());
            }
            SameBits.expect(expected(), MODEL.logits(CpuTarget.start(cores), 9, 1), "beside neighbours");
        } finally {
            for (Process neighbour : neighbours) {
                neighbour.destroy();
                assertThat(neighbour.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void everyTierThatMayBeForced() {
        for (Tier tier : CpuFeatures.host().available()) {
            System.setProperty("SMELT_TIER", tier.text());
            try {
                CpuTarget target = CpuTarget.start(2);
                assertThat(target.description()).contains(tier.text());
                SameBits.expect(expected(), MODEL.logits(target, 20), tier.text());
            } finally {
                System.clearProperty("SMELT_TIER");
            }
        }
    }

    @Test
    void deniedTiles() {
        CpuFeatures host = CpuFeatures.host();
        assumeTrue(host.features().containsAll(Tier.AMX.features()), "this CPU has no tiles to deny");
        CpuFeatures denied = CpuFeatures.of(Architecture.host(), host.features(), () -> Optional.of("denied"));
        assertThat(denied.choose()).isEqualTo(Tier.VNNI);
        assertThat(denied.reasons()).containsEntry(Tier.AMX, "denied");
        SameBits.expect(expected(), MODEL.logits(CpuTarget.start(denied.choose(), 2), TOKENS), "without tiles");
    }

    @Test
    void noHugePages() throws Throwable {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "other systems have no switch for huge pages");
        List<float[]> expected = expected();
        disableHugePages(1);
        try {
            HugePages.granted().ifPresent(share -> assertThat(share).isZero());
            SameBits.expect(expected, MODEL.logits(CpuTarget.start(2), 16), "without huge pages");
        } finally {
            disableHugePages(0);
        }
    }

    private static void disableHugePages(long disabled) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        int result = (int) prctl.invokeExact(PR_SET_THP_DISABLE, disabled, 0L, 0L, 0L);
        assumeTrue(result == 0, "the system denies prctl");
    }
}
