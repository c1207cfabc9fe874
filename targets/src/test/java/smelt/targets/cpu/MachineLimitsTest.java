package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.targets.llvm.LlvmCompiler;

/** Guards targets/cpu: limits are measured on every tier of this machine, and their kernels compile for all. */
class MachineLimitsTest {
    static List<Tier> tiers() {
        return CpuFeatures.host().available();
    }

    @ParameterizedTest
    @MethodSource("tiers")
    void measuresWhatACoreCanDo(Tier tier, TestReporter reporter) {
        MachineLimits limits = MachineLimits.measure(Duration.ofMillis(100), tier, Machine.detect());
        reporter.publishEntry(tier.text(), limits.toString());
        assertThat(limits.tier()).isEqualTo(tier);
        assertThat(limits.gigahertz()).isBetween(0.1, 10.0);
        assertThat(MachineLimits.best(limits.memoryRead())).isBetween(0.1, 10_000.0);
        assertThat(MachineLimits.best(limits.f32())).isBetween(1e-4, 1e3);
        assertThat(limits.int8().isEmpty()).isEqualTo(tier == Tier.NEON || tier == Tier.RVV);
        assertThat(limits.memoryRead().getLast().threads())
                .isEqualTo(Machine.detect().threads());
    }

    @ParameterizedTest
    @EnumSource
    void compilesForEveryTier(Tier tier) {
        try (LlvmCompiler compiler = LlvmCompiler.load()) {
            assertThat(compiler.assembly(LimitKernels.ir(tier), tier.machine())).contains("sweep:", "fma:");
        }
    }

    @Test
    void usesTheInstructionsOfTheTier() {
        try (LlvmCompiler compiler = LlvmCompiler.load()) {
            assertThat(compiler.assembly(LimitKernels.ir(Tier.AVX2), Tier.AVX2.machine()))
                    .contains("vpmaddubsw", "%ymm")
                    .doesNotContain("%zmm");
            assertThat(compiler.assembly(LimitKernels.ir(Tier.AVX_VNNI), Tier.AVX_VNNI.machine()))
                    .contains("{vex}\tvpdpbusd");
            assertThat(compiler.assembly(LimitKernels.ir(Tier.VNNI), Tier.VNNI.machine()))
                    .contains("vpdpbusd", "%zmm");
            assertThat(compiler.assembly(LimitKernels.ir(Tier.AMX), Tier.AMX.machine()))
                    .contains("tdpbusd");
            assertThat(compiler.assembly(LimitKernels.ir(Tier.I8MM), Tier.I8MM.machine()))
                    .contains("smmla");
        }
    }
}
