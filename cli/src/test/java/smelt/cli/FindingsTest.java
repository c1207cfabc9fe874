package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import smelt.targets.cpu.Architecture;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuUse;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.Tier;

/** Guards the command line: doctor says what is lost where something is denied, and what to do. */
final class FindingsTest {
    private final Findings findings = new Findings();

    private static Machine machine(OptionalDouble quota, int allowed, String hugePages) {
        return new Machine(
                "a CPU",
                Architecture.X86_64,
                4,
                allowed,
                allowed,
                quota,
                1,
                List.of(),
                8L << 30,
                4L << 30,
                OptionalLong.empty(),
                Optional.of(hugePages));
    }

    private static final Machine WHOLE = machine(OptionalDouble.empty(), 4, "madvise");

    private static CpuFeatures amx(Optional<String> denial) {
        Set<String> features = new TreeSet<>(Tier.AMX.features());
        return CpuFeatures.of(Architecture.X86_64, features, () -> denial);
    }

    @Test
    void aMachineWithEverythingHasNone() {
        findings.load(new CpuUse.Cores(0.01, 0), WHOLE);
        findings.tiers(amx(Optional.empty()), "auto", Optional.of(Tier.AMX), List.of(new Findings.Int8("amx", 14)));
        findings.hugePages(WHOLE, OptionalDouble.of(0.99));
        findings.grants(WHOLE);
        assertThat(findings.all()).isEmpty();
    }

    @Test
    void deniedTilesNameTheTierThatIsUsedInstead() {
        CpuFeatures features = amx(Optional.of("the system denied the use of AMX tiles"));
        assertThat(features.available().getFirst()).isEqualTo(Tier.VNNI);
        findings.tiers(features, "auto", Optional.of(Tier.VNNI), List.of(new Findings.Int8("vnni", 2)));
        assertThat(findings.all())
                .singleElement()
                .asString()
                .contains("the system denied the use of AMX tiles", "vnni instead", "Allow arch_prctl");
    }

    @Test
    void aForcedTierShowsWhatTheFastestWouldDo() {
        findings.tiers(
                amx(Optional.empty()),
                "avx2",
                Optional.of(Tier.AVX2),
                List.of(new Findings.Int8("avx2", 0.31), new Findings.Int8("amx", 14.2)));
        assertThat(findings.all())
                .singleElement()
                .asString()
                .contains("SMELT_TIER forces avx2", "0.31 TOPS", "amx would do 14.20", "Unset it");
    }

    @Test
    void hugePagesMayBeOffOrPromisedAndNotGiven() {
        findings.hugePages(machine(OptionalDouble.empty(), 4, "never"), OptionalDouble.of(0));
        findings.hugePages(WHOLE, OptionalDouble.of(0.12));
        findings.hugePages(WHOLE, OptionalDouble.empty());
        assertThat(findings.all()).hasSize(2);
        assertThat(findings.all().get(0)).contains("Huge pages are off", "madvise");
        assertThat(findings.all().get(1)).contains("only 12%", "compact_memory");
    }

    @Test
    void aQuotaAndAnAffinityNameTheThreadsThatAreLeft() {
        findings.grants(machine(OptionalDouble.of(1), 2, "madvise"));
        assertThat(findings.all()).hasSize(2);
        assertThat(findings.all().get(0)).contains("time of 1.0 of 2 cores, so steps use 1 thread:", "--cpus");
        assertThat(findings.all().get(1)).contains("on 2 of 4 hardware threads", "taskset");
    }

    @Test
    void neighboursInTheMachineAndOnItsHostAreToldApart() {
        findings.load(new CpuUse.Cores(1.5, 0), WHOLE);
        findings.load(new CpuUse.Cores(0, 0.5), WHOLE);
        assertThat(findings.all().get(0)).contains("Other programs use 1.5 of 4 cores");
        assertThat(findings.all().get(1)).contains("host of this virtual machine takes 0.5 of 4 cores");
    }
}
