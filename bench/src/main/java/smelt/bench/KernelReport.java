package smelt.bench;

import java.util.List;
import java.util.Optional;

/**
 * What the kernels of steps take.
 *
 * @param model as the user named it
 * @param tier instruction set of the kernels
 * @param remarks what to know when reading the figures
 * @param seconds that everything took
 */
public record KernelReport(
        String model,
        String cpu,
        String tier,
        int threads,
        int repeat,
        long seed,
        List<Step> steps,
        List<String> remarks,
        double seconds) {
    public KernelReport {
        steps = List.copyOf(steps);
        remarks = List.copyOf(remarks);
    }

    /**
     * One kind of step.
     *
     * @param step for people, as a scenario's name
     * @param rows tokens that it computes
     * @param milliseconds of the step in one piece
     * @param kernelMilliseconds the sum of its kernels, each timed by itself
     * @param leastMilliseconds the sum of what the kernels would take at the machine's limits
     * @param limits in the same seconds
     * @param kernels in the order of a step
     */
    public record Step(
            String step,
            int rows,
            Spread milliseconds,
            double kernelMilliseconds,
            double leastMilliseconds,
            Limits limits,
            List<Kernel> kernels) {
        public Step {
            kernels = List.copyOf(kernels);
        }
    }

    /** @param int8Tops empty where the tier has no dots of bytes */
    public record Limits(double memoryReadGbPerSecond, Optional<Double> int8Tops, double f32Gflops) {}

    /**
     * All calls of one kernel in a step, medians of the steps.
     *
     * @param share of the sum of all kernels
     * @param gbPerSecond weights, keys and values that must be read, in 10^9 bytes; empty where there are none
     * @param tops products with weights, in 10^12 operations a second; empty where there are none
     * @param gflops other arithmetic, attention's included, in 10^9 operations a second; empty where there is none
     * @param leastMilliseconds at the machine's limits: the longest of what reading and each kind of arithmetic take
     */
    public record Kernel(
            String kernel,
            long calls,
            double milliseconds,
            double share,
            Optional<Double> gbPerSecond,
            Optional<Double> tops,
            Optional<Double> gflops,
            double leastMilliseconds) {}
}
