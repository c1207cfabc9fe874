package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import smelt.targets.llvm.LlvmCompiler;

/** Guards the mover's code where this machine cannot run it; what it does is tested where it packs. */
class NativeMoverTest {
    @ParameterizedTest
    @EnumSource
    void compilesForEveryTierAndCallsNothing(Tier tier) {
        try (LlvmCompiler compiler = LlvmCompiler.load()) {
            assertThat(compiler.assembly(NativeMover.ir(), tier.machine()))
                    .contains("smelt_move")
                    .doesNotContainPattern("(?m)^\\s+(call|callq|bl|jal)\\s");
        }
    }
}
