package smelt.planner.prediction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Calibration;
import smelt.planner.time.Deployment;
import smelt.planner.time.Measurement;
import smelt.planner.time.Outcome;

/** Forecasts of measurements by what the others teach. */
final class CrossValidation {
    /** How measurements are split into those that teach and those that are forecast. */
    enum Split {
        /** Single rows: neighbours of the same sweep remain. */
        ROWS("other loads of what was measured"),
        /** A model on a device with an engine, where the engine was measured on that device with another model. */
        MODEL_ON_DEVICE("model new on the device, engine seen there"),
        DEVICE("device never seen"),
        MODEL("model never seen"),
        ENGINE("engine never seen");

        private final String text;

        Split(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private static final int ROW_FOLDS = 5;
    private static final long SEED = 20261123;

    private CrossValidation() {}

    /** Measurements that are tried, and what others that are taught say; both by identity. */
    record Fold(Split split, Set<Measurement> taught, Set<Measurement> tried, Calibration calibration) {
        List<Outcome> outcomes() {
            var forecaster = new CalibratedForecaster(calibration);
            return tried.stream().map(forecaster::outcome).toList();
        }

        /** What becomes of {@code m}: taught, tried, or neither. */
        String role(Measurement m) {
            if (taught.contains(m)) {
                return "taught";
            }
            return tried.contains(m) && m.explained() ? "tried" : "apart";
        }
    }

    static Map<Split, List<Outcome>> of(List<Fold> folds) {
        Map<Split, List<Outcome>> all = new EnumMap<>(Split.class);
        folds.forEach(fold ->
                all.computeIfAbsent(fold.split(), s -> new ArrayList<>()).addAll(fold.outcomes()));
        return all;
    }

    /** All folds of all splits; some minutes. */
    static List<Fold> folds(List<Measurement> measurements) {
        return Arrays.stream(Split.values())
                .flatMap(split -> folds(measurements, split).stream())
                .toList();
    }

    private static List<Fold> folds(List<Measurement> measurements, Split split) {
        Map<String, List<Measurement>> folds = new TreeMap<>();
        var random = new Random(SEED);
        for (Measurement m : measurements) {
            String key = split == Split.ROWS ? "" + random.nextInt(ROW_FOLDS) : key(m.deployment(), split);
            folds.computeIfAbsent(key, k -> new ArrayList<>()).add(m);
        }
        return folds.values().parallelStream()
                .map(held -> fold(measurements, split, held))
                .filter(fold -> !fold.tried().isEmpty() && !fold.taught().isEmpty())
                .toList();
    }

    private static Fold fold(List<Measurement> measurements, Split split, List<Measurement> held) {
        Set<Measurement> tried = byIdentity(held);
        List<Measurement> rest =
                measurements.stream().filter(m -> !tried.contains(m)).toList();
        if (split == Split.MODEL_ON_DEVICE) {
            tried.removeIf(m -> !seen(m, rest));
        }
        return new Fold(split, byIdentity(rest), tried, Calibration.of(rest));
    }

    private static Set<Measurement> byIdentity(List<Measurement> some) {
        Set<Measurement> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(some);
        return all;
    }

    private static boolean seen(Measurement m, List<Measurement> rest) {
        Deployment d = m.deployment();
        return rest.stream()
                .map(Measurement::deployment)
                .anyMatch(o -> o.engine().name().equals(d.engine().name())
                        && device(o).equals(device(d))
                        && o.layout().disaggregated() == d.layout().disaggregated());
    }

    private static String key(Deployment d, Split split) {
        return switch (split) {
            case ROWS -> "";
            case MODEL_ON_DEVICE ->
                model(d) + " " + device(d) + " " + d.engine().name();
            case DEVICE -> device(d);
            case MODEL -> model(d);
            case ENGINE -> d.engine().name();
        };
    }

    private static String device(Deployment d) {
        return d.layout().device().name();
    }

    /** Models of one shape are one, whatever their weights learnt. */
    private static String model(Deployment d) {
        return d.model().layerCount() + "x" + d.model().hidden() + "x"
                + d.model().layers().hashCode();
    }
}
