package smelt.planner.calibration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Time of work on rows: for a number of rows, a constant and something for each operation, by what is done. */
final class RowRates {
    private final Map<String, RowGrid> kinds = new LinkedHashMap<>();
    /** Of all kinds together, for those that were not measured. */
    private final RowGrid any = new RowGrid();

    private RowRates() {}

    static RowRates fit(List<KernelSample> samples) {
        RowRates rates = new RowRates();
        List<KernelSample> own = samples.stream()
                .filter(sample -> isRowWork(sample.work()))
                .filter(sample -> !sample.work().wanted() || sample.step().rowsEach() == 1)
                .toList();
        fit(own, rates.any);
        own.stream()
                .collect(Collectors.groupingBy(sample -> sample.work().kind(), LinkedHashMap::new, Collectors.toList()))
                .forEach((kind, some) -> fit(some, rates.kinds.computeIfAbsent(kind, key -> new RowGrid())));
        return rates;
    }

    private static void fit(List<KernelSample> samples, RowGrid into) {
        samples.stream()
                .collect(Collectors.groupingBy(
                        sample -> sample.work().rows(sample.step()), TreeMap::new, Collectors.toList()))
                .forEach((rows, some) -> into.put(
                        rows,
                        RobustFit.fit(
                                some.stream()
                                        .map(sample ->
                                                new double[] {1, sample.work().floats()})
                                        .toArray(double[][]::new),
                                some.stream().mapToDouble(KernelSample::seconds).toArray())));
    }

    static boolean isRowWork(CallWork work) {
        return !work.isProduct() && !work.isAttention();
    }

    boolean knows(CallWork work) {
        return kinds.containsKey(work.kind());
    }

    double seconds(CallWork work, StepShape step) {
        RowGrid grid = kinds.getOrDefault(work.kind(), any);
        if (grid.isEmpty()) {
            throw MachineCalibration.lacking("work on rows");
        }
        double[] each = grid.at(work.rows(step));
        return each[0] + each[1] * work.floats();
    }
}
