package smelt.targets.llvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Guards targets/llvm: the short list of passes makes code as good as LLVM's own in less time. */
class CompileTimeTest {
    private static final TargetMachine AVX512 = new TargetMachine(
            "x86_64-unknown-linux-gnu", "x86-64-v4", "+avx512f,+avx512bw,+avx512dq,+avx512vl,+avx512vnni");

    @Test
    void tidyPassesSuitUnrolledKernels(TestReporter reporter) {
        String ir = GemmText.module(8);
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        Map<OptLevel, Map<String, Long>> sizes = new java.util.EnumMap<>(OptLevel.class);
        try (LlvmCompiler compiler = LlvmCompiler.load()) {
            for (OptLevel level : OptLevel.values()) {
                long start = clock.getCurrentThreadCpuTime();
                byte[] object = compiler.compileToObject("gemm", ir, AVX512, level);
                long millis = (clock.getCurrentThreadCpuTime() - start) / 1_000_000;
                reporter.publishEntry(
                        ir.lines().count() + " lines, " + level, millis + " ms, " + object.length + " bytes");
                // Ten times what a quiet machine needs.
                assertThat(millis).isLessThan(1_500);
                assertThat(ElfObject.read(object).undefined()).isEmpty();
                sizes.put(level, ElfObject.read(object).functions());
            }
        }
        assertThat(sizes.get(OptLevel.TIDY)).isEqualTo(sizes.get(OptLevel.FULL));
    }
}
