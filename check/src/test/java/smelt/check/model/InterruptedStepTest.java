package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepBatch;
import smelt.runtime.StepInterrupted;
import smelt.runtime.StepRunner;
import smelt.targets.Target;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.reference.ReferenceTarget;

/** Guards the step of a model: all its threads leave it at the same place, and the next one is none the worse. */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(120)
class InterruptedStepTest {
    private static final Path LLAMA =
            Path.of(System.getProperty("smelt.tinyModels", "src/test/resources/tiny-models"), "llama");
    private static final int POSITIONS = 60;
    private static final AtomicInteger INTERRUPTED = new AtomicInteger();

    /** Up to 8 threads read each other's marks at a barrier, more are counted. */
    static List<Target> targets() {
        return List.of(
                new ReferenceTarget(2),
                CpuTarget.start(1),
                CpuTarget.start(2),
                CpuTarget.start(3),
                CpuTarget.startFixed(CpuFeatures.host().choose(), 10));
    }

    private static StepBatch.Chunk chunk(int[] tokens, int from) {
        int[] blocks = IntStream.range(0, 1 + POSITIONS / 16).toArray();
        return new StepBatch.Chunk(tokens, from, blocks, tokens.length - 1);
    }

    private static float[] run(StepRunner model, int[] tokens, int from) {
        return model.run(new StepBatch(List.of(chunk(tokens, from)))).row(0).toArray(ValueLayout.JAVA_FLOAT);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("targets")
    void anInterruptedStepRunsAgainWithTheSameBits(Target target) throws Exception {
        try (ModelFile file = ModelFiles.open(LLAMA);
                Model model = Model.load(
                        file,
                        Models.build(file, new Models.Options(128)),
                        new LoadOptions(128, 256, target.threads()),
                        target)) {
            int[] prompt = new Random(7).ints(POSITIONS - 20, 0, 200).toArray();
            List<float[]> expected = generate(model, prompt, () -> {});
            var random = new Random(11);
            for (int round = 0; round < 10; round++) {
                assertThat(generate(model, prompt, () -> interruptSoon(model, random)))
                        .usingRecursiveComparison()
                        .isEqualTo(expected);
            }
            assertThat(INTERRUPTED.getAndSet(0)).isPositive();
        }
    }

    private static void interruptSoon(Model model, Random random) {
        int nanos = random.nextInt(500_000);
        Thread.ofVirtual().start(() -> {
            LockSupport.parkNanos(nanos);
            model.interrupt();
        });
    }

    /** Tries every step once with {@code disturb} before it, and then until it runs to its end. */
    private static List<float[]> generate(Model model, int[] prompt, Runnable disturb) {
        List<float[]> all = new ArrayList<>();
        boolean again = false;
        for (int position = 0; position < POSITIONS; ) {
            int[] tokens = position == 0 ? prompt : new int[] {position};
            if (!again) {
                disturb.run();
            }
            try {
                all.add(run(model, tokens, position));
                position += tokens.length;
                again = false;
            } catch (StepInterrupted e) {
                again = true;
                INTERRUPTED.incrementAndGet();
            }
        }
        return all;
    }
}
