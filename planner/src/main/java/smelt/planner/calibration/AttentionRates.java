package smelt.planner.calibration;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Time of attention. One row of each sequence waits for keys and values: a constant, something for each sequence,
 * operation and element. Prompts compute: a constant and something for each operation, by their rows.
 */
final class AttentionRates {
    private final Nearness nearness;
    /** Seconds: constant, sequence, operation, element that is near, element that is far; empty where not measured. */
    private double[] writing = {};
    /** Seconds: constant and operation. */
    private final RowGrid reading = new RowGrid();

    private AttentionRates(Nearness nearness) {
        this.nearness = nearness;
    }

    static AttentionRates fit(List<KernelSample> samples, Nearness nearness) {
        AttentionRates rates = new AttentionRates(nearness);
        Map<Boolean, List<KernelSample>> parts = samples.stream()
                .filter(sample -> sample.work().isAttention())
                .collect(Collectors.partitioningBy(sample -> sample.step().rowsEach() == 1));
        List<KernelSample> single = parts.getOrDefault(true, List.of());
        if (!single.isEmpty()) {
            rates.writing =
                    RobustFit.fit(single.stream().map(rates::features).toArray(double[][]::new), seconds(single));
        }
        parts.getOrDefault(false, List.of()).stream()
                .collect(Collectors.groupingBy(sample -> sample.step().rowsEach(), TreeMap::new, Collectors.toList()))
                .forEach((rows, some) -> rates.reading.put(
                        rows,
                        RobustFit.fit(
                                some.stream()
                                        .map(sample -> new double[] {1, operations(sample.work(), sample.step())})
                                        .toArray(double[][]::new),
                                seconds(some))));
        return rates;
    }

    private static double[] seconds(List<KernelSample> samples) {
        return samples.stream().mapToDouble(KernelSample::seconds).toArray();
    }

    private static double operations(CallWork work, StepShape step) {
        return step.attentionOperations(work.cost()) / step.sequences();
    }

    private double[] features(KernelSample sample) {
        return features(sample.work(), sample.step(), nearness.far(sample.workingSet()));
    }

    private static double[] features(CallWork work, StepShape step, double far) {
        double elements = step.cacheElements(work.cost());
        return new double[] {
            1, step.sequences(), step.attentionOperations(work.cost()), elements * (1 - far), elements * far
        };
    }

    double seconds(CallWork work, StepShape step, double workingSet) {
        if (step.rowsEach() > 1 && !reading.isEmpty()) {
            double[] each = reading.at(step.rowsEach());
            return step.sequences() * (each[0] + each[1] * operations(work, step));
        }
        if (writing.length == 0) {
            throw MachineCalibration.lacking("attention");
        }
        double[] features = features(work, step, nearness.far(workingSet));
        double seconds = 0;
        for (int i = 0; i < features.length; i++) {
            seconds += writing[i] * features[i];
        }
        return seconds;
    }
}
