package smelt.bench;

import java.util.Optional;
import java.util.stream.IntStream;
import smelt.graph.Cost;

/**
 * What all calls of a kernel in one step must do at least.
 *
 * @param bytes of weights, keys and values, each read once
 * @param products operations with weights: a multiplication and an addition are two
 * @param floats other operations
 */
record KernelWork(double bytes, double products, double floats) {

    /**
     * @param cost of one token
     * @param packing bytes that a byte of the file's weights takes in memory
     * @param elementBytes of a stored key or value
     * @param depth positions before the step
     * @param rows tokens that the kernel computes
     */
    static KernelWork of(Cost cost, double packing, double elementBytes, int depth, int rows) {
        double attention = IntStream.rangeClosed(1, rows)
                .mapToDouble(row -> cost.attentionOperations(depth + row))
                .sum();
        return new KernelWork(
                cost.weightBytes() * packing + cost.cacheElements(depth + rows) * elementBytes,
                2.0 * cost.multiplyAdds() * rows,
                (double) cost.floatOperations() * rows + attention);
    }

    /** Nanoseconds at {@code limits}. */
    double least(KernelReport.Limits limits) {
        double reading = bytes / limits.memoryReadGbPerSecond();
        double peak = limits.int8Tops().orElse(limits.f32Gflops() / 1e3);
        return Math.max(reading, Math.max(products / peak / 1e3, floats / limits.f32Gflops()));
    }

    KernelReport.Kernel took(String name, long calls, double nanos, double share, KernelReport.Limits limits) {
        return new KernelReport.Kernel(
                name,
                calls,
                nanos / 1e6,
                share,
                rate(bytes, nanos),
                rate(products / 1e3, nanos),
                rate(floats, nanos),
                least(limits) / 1e6);
    }

    private static Optional<Double> rate(double amount, double nanos) {
        return amount > 0 && nanos > 0 ? Optional.of(amount / nanos) : Optional.empty();
    }
}
