package smelt.planner.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What kernels take on this machine, learned from some that were timed. */
final class KernelRates {
    /** Of the log of a time: beyond what any measurement here tells. */
    private static final double LEAST_ERROR = 0.01;
    /** Of kinds that were not measured. */
    private static final double UNKNOWN_ERROR = 0.25;
    /** From the median of absolute errors to a standard deviation, of a normal distribution. */
    private static final double TO_DEVIATION = 1.4826;

    private final Nearness nearness;
    private final ProductRates products;
    private final AttentionRates attention;
    private final RowRates rows;
    private final double productError;
    private final double attentionError;
    private final double rowError;

    /**
     * @param seconds of one call
     * @param error standard deviation of its logarithm
     * @param measured whether kernels of its kind were
     */
    record Estimate(double seconds, double error, boolean measured) {}

    private KernelRates(List<KernelSample> samples, List<ReadRate> reads) {
        nearness = Nearness.of(samples.stream().map(KernelSample::workingSet).toList(), reads);
        products = ProductRates.fit(samples, nearness);
        attention = AttentionRates.fit(samples, nearness);
        rows = RowRates.fit(samples);
        productError = error(samples.stream().filter(s -> s.work().isProduct()).toList());
        attentionError =
                error(samples.stream().filter(s -> s.work().isAttention()).toList());
        rowError =
                error(samples.stream().filter(s -> RowRates.isRowWork(s.work())).toList());
    }

    static KernelRates fit(List<KernelSample> samples, List<ReadRate> reads) {
        return new KernelRates(samples, reads);
    }

    private double error(List<KernelSample> samples) {
        double[] errors = samples.stream()
                .mapToDouble(sample -> Math.abs(
                        Math.log(seconds(sample.work(), sample.step(), sample.workingSet()) / sample.seconds())))
                .sorted()
                .toArray();
        return errors.length == 0 ? UNKNOWN_ERROR : Math.max(LEAST_ERROR, TO_DEVIATION * errors[errors.length / 2]);
    }

    private double seconds(CallWork work, StepShape step, double workingSet) {
        return work.isProduct()
                ? products.seconds(work, step, workingSet)
                : work.isAttention() ? attention.seconds(work, step, workingSet) : rows.seconds(work, step);
    }

    Estimate estimate(CallWork work, StepShape step, double workingSet) {
        boolean known = work.isProduct() ? products.knows(work) : work.isAttention() || rows.knows(work);
        double error = work.isProduct() ? productError : work.isAttention() ? attentionError : rowError;
        return new Estimate(seconds(work, step, workingSet), known ? error : Math.max(error, UNKNOWN_ERROR), known);
    }

    Nearness nearness() {
        return nearness;
    }

    ProductRates products() {
        return products;
    }

    /** A step in one piece takes so many times the sum of its kernels. */
    static final class Whole {
        private final RowGrid near = new RowGrid();
        private final RowGrid far = new RowGrid();
        private final Nearness nearness;

        Whole(List<StepSample> samples, Nearness nearness) {
            this.nearness = nearness;
            fit(samples, near, false);
            fit(samples, far, true);
        }

        private void fit(List<StepSample> samples, RowGrid into, boolean isFar) {
            Map<Integer, List<Double>> ratios = samples.stream()
                    .filter(sample -> nearness.far(sample.workingSet()) > 0.5 == isFar)
                    .collect(Collectors.groupingBy(
                            sample -> sample.step().rows(),
                            TreeMap::new,
                            Collectors.mapping(
                                    sample -> sample.seconds() / sample.kernelSeconds(), Collectors.toList())));
            ratios.forEach((rows, some) -> into.put(rows, median(some)));
        }

        double ratio(int rows, double workingSet) {
            RowGrid one = near.isEmpty() ? far : near;
            RowGrid other = far.isEmpty() ? near : far;
            if (one.isEmpty()) {
                return 1;
            }
            double share = nearness.far(workingSet);
            return one.within(rows)[0] * (1 - share) + other.within(rows)[0] * share;
        }
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        sorted.sort(null);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
