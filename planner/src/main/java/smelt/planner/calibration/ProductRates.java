package smelt.planner.calibration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import smelt.base.DType;

/**
 * Time of products: for a number of rows, a constant (the barrier), something for each column that comes out, and
 * something for each packed byte of a type, from caches or from memory. A kernel of several types takes the sum.
 */
final class ProductRates {
    /** A type, and whether activations are of 16 bits. */
    record Kind(String type, boolean wide) {
        static Kind of(CallWork.Matrix matrix) {
            return new Kind(matrix.type(), matrix.wide());
        }

        /** Bits of a weight. */
        double bits() {
            return DType.valueOf(type).bytes(256) / 32.0;
        }
    }

    private static final int PROMPT = 512;

    private final Nearness nearness;
    /** Seconds: constant, and for each column. */
    private final RowGrid shared = new RowGrid();
    /** Seconds for each byte that is near, and that is far. */
    private final Map<Kind, RowGrid> bytes = new LinkedHashMap<>();

    private ProductRates(Nearness nearness) {
        this.nearness = nearness;
    }

    static ProductRates fit(List<KernelSample> samples, Nearness nearness) {
        ProductRates rates = new ProductRates(nearness);
        Map<Integer, List<KernelSample>> byRows = samples.stream()
                .filter(ProductRates::isUsable)
                .collect(Collectors.groupingBy(
                        sample -> sample.work().rows(sample.step()), TreeMap::new, Collectors.toList()));
        byRows.forEach(rates::fit);
        return rates;
    }

    /** The head of a prompt's step has one row, and the prompt's activations in the caches. */
    private static boolean isUsable(KernelSample sample) {
        CallWork work = sample.work();
        return work.isProduct()
                && work.matrices().stream().noneMatch(CallWork.Matrix::isStacked)
                && (!work.wanted() || sample.step().rowsEach() == 1);
    }

    private void fit(int rows, List<KernelSample> samples) {
        List<Kind> kinds = samples.stream()
                .flatMap(sample -> sample.work().matrices().stream())
                .map(Kind::of)
                .distinct()
                .toList();
        double[][] features =
                samples.stream().map(sample -> features(sample, kinds)).toArray(double[][]::new);
        double[] seconds = samples.stream().mapToDouble(KernelSample::seconds).toArray();
        double[] fitted = RobustFit.fit(features, seconds);
        shared.put(rows, fitted[0], fitted[1]);
        for (int i = 0; i < kinds.size(); i++) {
            double near = fitted[2 + 2 * i];
            double far = fitted[3 + 2 * i];
            bytes.computeIfAbsent(kinds.get(i), kind -> new RowGrid())
                    .put(rows, near > 0 ? near : far, far > 0 ? far : near);
        }
    }

    private double[] features(KernelSample sample, List<Kind> kinds) {
        double[] row = new double[2 + 2 * kinds.size()];
        row[0] = 1;
        double far = nearness.far(sample.workingSet());
        for (CallWork.Matrix matrix : sample.work().matrices()) {
            int at = 2 + 2 * kinds.indexOf(Kind.of(matrix));
            row[1] += matrix.outputs();
            row[at] += matrix.bytes() * (1 - far);
            row[at + 1] += matrix.bytes() * far;
        }
        return row;
    }

    /** Whether all of the work's types were measured. */
    boolean knows(CallWork work) {
        return work.matrices().stream().allMatch(matrix -> bytes.containsKey(Kind.of(matrix)) && !matrix.isStacked());
    }

    double seconds(CallWork work, StepShape step, double workingSet) {
        int rows = work.rows(step);
        double far = nearness.far(workingSet);
        boolean stacked = work.matrices().stream().anyMatch(CallWork.Matrix::isStacked);
        // experts are read anew for each row, as one row reads a matrix
        double[] own = shared.at(stacked ? 1 : rows);
        double times = stacked ? rows : 1;
        double seconds = own[0];
        for (CallWork.Matrix matrix : work.matrices()) {
            double[] each = nearest(Kind.of(matrix)).at(stacked ? 1 : rows);
            seconds += times * (own[1] * matrix.outputs() + matrix.bytes() * (each[0] * (1 - far) + each[1] * far));
        }
        return seconds;
    }

    /** Of a type that was not measured: the rate of the one whose weights have about as many bits. */
    private RowGrid nearest(Kind kind) {
        RowGrid own = bytes.get(kind);
        if (own != null) {
            return own;
        }
        List<Kind> known = new ArrayList<>(bytes.keySet());
        Kind near = known.stream()
                .min(Comparator.comparing((Kind other) -> other.wide() != kind.wide())
                        .thenComparingDouble(other -> Math.abs(Math.log(other.bits() / kind.bits()))))
                .orElseThrow(() -> MachineCalibration.lacking("products"));
        return Objects.requireNonNull(bytes.get(near));
    }

    List<MachineCalibration.Rate> rates() {
        List<MachineCalibration.Rate> rates = new ArrayList<>();
        bytes.forEach((kind, grid) -> {
            double[] one = grid.at(1);
            double operations = 2 * PROMPT * 8 / kind.bits();
            rates.add(new MachineCalibration.Rate(
                    kind.type() + (kind.wide() ? ", 16-bit activations" : ""),
                    1 / one[0],
                    1 / one[1],
                    operations / grid.at(PROMPT)[1]));
        });
        return rates;
    }
}
