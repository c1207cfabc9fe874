package smelt.targets.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import smelt.base.NativeMemory;
import smelt.targets.llvm.LlvmCompiler;
import smelt.targets.llvm.NativeCode;
import smelt.targets.llvm.ObjectCache;
import smelt.targets.llvm.TargetMachine;

/**
 * What this machine reaches now, at most. On a shared host these move by half within minutes: compare only with what
 * was measured in the same minute.
 *
 * @param tier whose instructions were used
 * @param gigahertz of one core under a chain of additions
 * @param memoryRead for 1, 2, 4 ... threads up to all
 * @param int8 dots of bytes, in 10^12 operations a second (a multiplication and an addition are two); no rates where
 *     the tier has no such instruction
 * @param f32 fused multiply-adds, in 10^12 operations a second
 */
public record MachineLimits(Tier tier, double gigahertz, List<Rate> memoryRead, List<Rate> int8, List<Rate> f32) {
    private static final int LEAST_REPEATS = 5;
    /** Far beyond the caches of one core, small enough to be touched in some tenths of a second. */
    private static final long LARGEST_SWEEP = 1L << 30;

    private static final long SMALLEST_SWEEP = 64L << 20;
    /** A budget of 4 s reaches the largest sweep; a short one does not go on touching pages. */
    private static final long SWEEP_PER_MILLISECOND = 256L << 10;

    private static final Duration SLICE = Duration.ofMillis(10);

    /**
     * One limit at one number of threads.
     *
     * @param best of the repeats: 10^9 bytes or 10^12 operations a second
     * @param median of the repeats; far below the best where others use the machine
     */
    public record Rate(int threads, double best, double median) {}

    public MachineLimits {
        memoryRead = List.copyOf(memoryRead);
        int8 = List.copyOf(int8);
        f32 = List.copyOf(f32);
    }

    /** Measures for about {@code budget}, with the tier and the number of threads that kernels would use. */
    public static MachineLimits measure(Duration budget) {
        return measure(budget, CpuFeatures.host().choose(), Machine.detect());
    }

    /** Measures {@code tier} of {@code machine} for about {@code budget}. */
    public static MachineLimits measure(Duration budget, Tier tier, Machine machine) {
        String ir = LimitKernels.ir(tier);
        TargetMachine target = tier.machine();
        byte[] object = ObjectCache.ofUser().getOrCompile(ir, target, () -> {
            try (LlvmCompiler compiler = LlvmCompiler.load()) {
                return compiler.compileToObject("limits", ir, target);
            }
        });
        long available = machine.memoryLimit().orElse(machine.memoryAvailable());
        long worthwhile = Math.min(available / 4, budget.toMillis() * SWEEP_PER_MILLISECOND);
        long bytes = Math.clamp(worthwhile, SMALLEST_SWEEP, LARGEST_SWEEP);
        try (NativeCode code = NativeCode.link(List.of(object));
                NativeMemory data = NativeMemory.allocate(bytes, "measuring memory bandwidth");
                NativeMemory context = NativeMemory.allocate(64L * (machine.threads() + 1), "measuring")) {
            return new Run(code, data.segment(), context.segment(), tier, machine.threads()).all(budget);
        }
    }

    /** The best rate at any number of threads: bytes or operations a second in the unit of the list; 0 where empty. */
    public static double best(List<Rate> rates) {
        return rates.stream().mapToDouble(Rate::best).max().orElse(0);
    }

    private record Run(NativeCode code, MemorySegment data, MemorySegment context, Tier tier, int threads) {
        MachineLimits all(Duration budget) {
            TreeSet<Integer> counts = new TreeSet<>(List.of(1, threads));
            for (int n = 2; n < threads; n *= 2) {
                counts.add(n);
            }
            // Each number of threads has three limits; memory is the most unsteady and gets twice the time.
            long share = budget.toNanos() / (4L * counts.size() + 1);
            List<Rate> memory = new ArrayList<>();
            List<Rate> int8 = new ArrayList<>();
            List<Rate> f32 = new ArrayList<>();
            double gigahertz = 0;
            for (int n : counts) {
                try (WorkerPool pool = WorkerPool.start(n)) {
                    if (n == 1) {
                        gigahertz = rate(pool, "clock", LimitKernels.ADDITIONS, share)
                                        .best()
                                * 1000;
                    }
                    f32.add(rate(pool, "fma", LimitKernels.f32Operations(tier) * n, share));
                    if (LimitKernels.int8Operations(tier) > 0) {
                        int8.add(rate(pool, "int8", LimitKernels.int8Operations(tier) * n, share));
                    }
                    memory.add(memoryRate(pool, 2 * share));
                }
            }
            return new MachineLimits(tier, gigahertz, memory, int8, f32);
        }

        /** 10^12 {@code operations} a round a second. */
        private Rate rate(WorkerPool pool, String function, long operations, long nanos) {
            prepare(0, 1000);
            long step = code.address(function);
            long once = Math.max(1, time(pool, step));
            long rounds = Math.max(1000, 1000 * SLICE.toNanos() / once);
            prepare(0, rounds);
            return repeat(pool, step, (double) operations * rounds / 1e3, nanos);
        }

        private Rate memoryRate(WorkerPool pool, long nanos) {
            long each = data.byteSize() / pool.threads() / 4096 * 4096;
            prepare(each, 1);
            time(pool, code.address("touch"));
            return repeat(pool, code.address("sweep"), (double) each * pool.threads(), nanos);
        }

        private void prepare(long bytes, long rounds) {
            context.set(ValueLayout.ADDRESS, 0, data);
            context.set(ValueLayout.JAVA_LONG, 8, bytes);
            context.set(ValueLayout.JAVA_LONG, 16, rounds);
        }

        private Rate repeat(WorkerPool pool, long step, double amount, long nanos) {
            long end = System.nanoTime() + nanos;
            double[] rates = new double[0];
            do {
                rates = Arrays.copyOf(rates, rates.length + 1);
                rates[rates.length - 1] = amount / time(pool, step);
            } while (rates.length < LEAST_REPEATS || System.nanoTime() < end);
            Arrays.sort(rates);
            return new Rate(pool.threads(), rates[rates.length - 1], rates[rates.length / 2]);
        }

        private long time(WorkerPool pool, long step) {
            long start = System.nanoTime();
            pool.run(step, context);
            return System.nanoTime() - start;
        }
    }
}
