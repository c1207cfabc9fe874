package smelt.bench;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import smelt.base.DType;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.Tier;

/**
 * A step through products with eight matrices of 2048 x 2048, 33.6 million weights in all: rows are quantised, threads
 * meet, and what fits the last cache comes from there. {@code smelt bench-types} measures the same from memory, in
 * turns with memory itself.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ProductBenchmark {
    private static final int SIZE = 2048;
    private static final int MATRICES = 8;
    private static final int CONTEXT = 512;

    @Param({"Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K", "F16"})
    DType type = DType.Q4_0;

    /** Of activations: one is decode, 16 a crowd, 512 a prompt. */
    @Param({"1", "16", "512"})
    int rows = 1;

    /** 0: as many as the process may use. */
    @Param("0")
    int threads;

    /** An instruction set, or the best of this machine. */
    @Param("best")
    String tier = "best";

    private @Nullable Loaded loaded;

    private record Loaded(Model model, StepBatch batch) {}

    @Setup(Level.Trial)
    public void load() {
        Tier chosen = tier.equals("best") ? CpuFeatures.host().choose() : Tier.valueOf(tier);
        int count = threads == 0 ? Machine.detect().allowedCpus() : threads;
        RandomMatrices matrices = new RandomMatrices(type, SIZE, MATRICES, CONTEXT, 1);
        CpuTarget target = CpuTarget.start(chosen, count);
        Model model = Model.load(matrices, matrices.graph(), new LoadOptions(CONTEXT, CONTEXT, count), target);
        int[] tokens =
                IntStream.range(0, rows).map(i -> i % RandomMatrices.TOKENS).toArray();
        int[] blocks = IntStream.range(0, model.limits().blockCount()).toArray();
        loaded = new Loaded(model, new StepBatch(List.of(new StepBatch.Chunk(tokens, 0, blocks, rows - 1))));
    }

    @Benchmark
    public StepRunner.Logits step() {
        Loaded ready = Objects.requireNonNull(loaded);
        return ready.model().run(ready.batch());
    }

    @TearDown(Level.Trial)
    public void close() {
        Objects.requireNonNull(loaded).model().close();
    }
}
