package smelt.planner.prediction;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
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

    static Map<Split, List<Outcome>> of(List<Measurement> measurements) {
        Map<Split, List<Outcome>> all = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            all.put(split, outcomes(measurements, split));
        }
        return all;
    }

    private static List<Outcome> outcomes(List<Measurement> measurements, Split split) {
        Map<String, List<Measurement>> folds = new TreeMap<>();
        var random = new Random(SEED);
        for (Measurement m : measurements) {
            String key = split == Split.ROWS ? "" + random.nextInt(ROW_FOLDS) : key(m.deployment(), split);
            folds.computeIfAbsent(key, k -> new ArrayList<>()).add(m);
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (List<Measurement> held : folds.values()) {
            Set<Measurement> out = Collections.newSetFromMap(new IdentityHashMap<>());
            out.addAll(held);
            List<Measurement> rest =
                    measurements.stream().filter(m -> !out.contains(m)).toList();
            if (rest.isEmpty()) {
                continue;
            }
            var forecaster = new CalibratedForecaster(Calibration.of(rest));
            for (Measurement m : held) {
                if (split != Split.MODEL_ON_DEVICE || seen(m, rest)) {
                    outcomes.add(forecaster.outcome(m));
                }
            }
        }
        return outcomes;
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
