package smelt.targets.cpu;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;

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
        int threads = machine.threads();
        TreeSet<Integer> counts = new TreeSet<>(List.of(1, threads));
        for (int n = 2; n < threads; n *= 2) {
            counts.add(n);
        }
        // Each number of threads has three limits; memory is the most unsteady and gets twice the time.
        long share = budget.toNanos() / (4L * counts.size() + 1);
        long bytes = sweepBytes(machine, budget);
        List<Rate> memory = new ArrayList<>();
        List<Rate> int8 = new ArrayList<>();
        List<Rate> f32 = new ArrayList<>();
        double gigahertz = 0;
        for (int n : counts) {
            try (LimitProbe probe = LimitProbe.open(tier, n, bytes)) {
                gigahertz = n == 1 ? repeat(1, probe::gigahertz, share).best() : gigahertz;
                f32.add(repeat(n, probe::f32, share));
                if (LimitKernels.int8Operations(tier) > 0) {
                    int8.add(repeat(n, probe::int8, share));
                }
                probe.memoryRead(); // the first one also touches the pages
                memory.add(repeat(n, probe::memoryRead, 2 * share));
            }
        }
        return new MachineLimits(tier, gigahertz, memory, int8, f32);
    }

    /** As much memory to read as {@code machine} can spare and {@code budget} is worth. */
    public static long sweepBytes(Machine machine, Duration budget) {
        long available = machine.memoryLimit().orElse(machine.memoryAvailable());
        long worthwhile = Math.min(available / 4, budget.toMillis() * SWEEP_PER_MILLISECOND);
        return Math.clamp(worthwhile, SMALLEST_SWEEP, LARGEST_SWEEP);
    }

    private static Rate repeat(int threads, DoubleSupplier rate, long nanos) {
        long end = System.nanoTime() + nanos;
        double[] rates = new double[0];
        do {
            rates = Arrays.copyOf(rates, rates.length + 1);
            rates[rates.length - 1] = rate.getAsDouble();
        } while (rates.length < LEAST_REPEATS || System.nanoTime() < end);
        Arrays.sort(rates);
        return new Rate(threads, rates[rates.length - 1], rates[rates.length / 2]);
    }

    /** The best rate at any number of threads: bytes or operations a second in the unit of the list; 0 where empty. */
    public static double best(List<Rate> rates) {
        return rates.stream().mapToDouble(Rate::best).max().orElse(0);
    }
}
