package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.targets.llvm.LlvmCompiler;

/** Guards targets/cpu: a tier is offered exactly where the CPU and the system can run it. */
class CpuFeaturesTest {
    private static final String V3 = "flags\t\t: fpu avx avx2 fma f16c bmi1 bmi2 abm movbe ";
    private static final String V4 = V3 + "avx512f avx512bw avx512cd avx512dq avx512vl ";

    private static CpuFeatures x86(String cpuinfo, Optional<String> amxDenial) {
        return CpuFeatures.of(Architecture.X86_64, CpuFeatures.parse(cpuinfo), () -> amxDenial);
    }

    @Test
    void ranksTheTiersOfX86() {
        assertThat(x86(V3, Optional.empty()).available()).containsExactly(Tier.AVX2);
        assertThat(x86(V3 + "avx_vnni\n", Optional.empty()).available()).containsExactly(Tier.AVX_VNNI, Tier.AVX2);
        assertThat(x86(V4, Optional.empty()).available()).containsExactly(Tier.AVX512, Tier.AVX2);
        CpuFeatures all = x86("processor : 0\n" + V4 + "avx512_vnni amx_tile amx_int8\nbugs : x\n", Optional.empty());
        assertThat(all.available()).containsExactly(Tier.AMX, Tier.VNNI, Tier.AVX512, Tier.AVX2);
        assertThat(all.reasons()).containsExactly(java.util.Map.entry(Tier.AVX_VNNI, "the CPU lacks avxvnni"));
    }

    @Test
    void deniedTilesFallBackToVnniWithTheReason() {
        CpuFeatures denied = x86(V4 + "avx512_vnni amx_tile amx_int8", Optional.of("the system said no"));
        assertThat(denied.choose("auto")).isEqualTo(Tier.VNNI);
        assertThat(denied.reasons()).containsEntry(Tier.AMX, "the system said no");
        Failure failure = catchThrowableOfType(Failure.class, () -> denied.choose("amx"));
        assertThat(failure.what()).contains("the system said no");
    }

    @Test
    void readsArmAndRiscv() {
        Set<String> arm = CpuFeatures.parse("Features\t: fp asimd fphp asimdhp asimddp i8mm\n");
        assertThat(CpuFeatures.of(Architecture.AARCH64, arm, Optional::empty).available())
                .containsExactly(Tier.I8MM, Tier.DOTPROD, Tier.NEON);
        Set<String> riscv = CpuFeatures.parse("isa\t\t: rv64gcv_zfh_zicsr\n");
        assertThat(CpuFeatures.of(Architecture.RISCV64, riscv, Optional::empty).available())
                .containsExactly(Tier.RVV);
    }

    @Test
    void anUnknownOrMissingTierListsThoseThatRun() {
        CpuFeatures v4 = x86(V4, Optional.empty());
        Failure failure = catchThrowableOfType(Failure.class, () -> v4.choose("vnni"));
        assertThat(failure.code()).isEqualTo(FailureCode.UNSUPPORTED);
        assertThat(failure.what()).contains("vnni").contains("lacks avx512vnni");
        assertThat(failure.nextStep()).contains("avx512, avx2");
        assertThat(catchThrowableOfType(Failure.class, () -> v4.choose("mmx")).what())
                .contains("no such tier");
        Failure none = catchThrowableOfType(
                Failure.class, () -> x86("flags : fpu", Optional.empty()).choose("auto"));
        assertThat(none.what()).contains("No tier runs");
    }

    @Test
    void procfsAndLlvmAgreeOnThisCpu() {
        Set<String> named = new HashSet<>();
        for (Tier tier : Tier.values()) {
            if (tier.architecture() == Architecture.host()) {
                named.addAll(tier.features());
            }
        }
        Set<String> fromLlvm = new HashSet<>(LlvmCompiler.load().hostFeatures());
        assumeFalse(fromLlvm.isEmpty(), "LLVM does not know this CPU");
        fromLlvm.retainAll(named);
        Set<String> fromProcfs = new HashSet<>(CpuFeatures.host().features());
        fromProcfs.retainAll(named);
        assertThat(fromProcfs).isEqualTo(fromLlvm);
    }
}
