package smelt.planner.prediction;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Calibration;
import smelt.planner.time.CalibrationResources;
import smelt.planner.time.Interval;
import smelt.planner.time.Measurement;
import smelt.planner.time.Outcome;

/**
 * Makes again what smelt has learnt from the measurements that come with it: {@code calibration.json},
 * {@code leftovers.csv}, {@code error-board.json} and {@code published-board.json}. The same measurements give the same
 * files. {@code scripts/likeness} runs it, and {@code scripts/published} for the last of them alone.
 */
public final class Recalibration {
    private Recalibration() {}

    /**
     * @param arguments the folder to write to: {@code planner/src/main/resources/smelt/planner}; {@code published}, to
     *     compare figures of others only; any other file, to write the leftovers of all folds to it instead
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        if (arguments.length > 1 && arguments[1].equals("published")) {
            published(Calibration.builtIn(), folder);
            return;
        }
        List<Measurement> measurements = Measurements.toFit(Measurements.rows());
        List<CrossValidation.Fold> folds = CrossValidation.folds(measurements);
        if (arguments.length > 1) {
            Files.write(Path.of(arguments[1]), lines(folds, measurements));
            return;
        }
        Map<CrossValidation.Split, List<Outcome>> outcomes = CrossValidation.of(folds);
        List<Outcome> all = new ArrayList<>();
        outcomes.values().forEach(all::addAll);
        Calibration calibration = Calibration.of(measurements).withIntervals(all);
        CalibrationResources.write(calibration, folder);
        ErrorBoard board = ErrorBoard.of(covered(outcomes));
        Files.writeString(folder.resolve("error-board.json"), board.json() + "\n");
        System.out.print(board.table());
        published(calibration, folder);
    }

    private static void published(Calibration calibration, Path folder) throws IOException {
        PublishedBoard board = PublishedBoard.of(new CalibratedForecaster(calibration));
        Files.writeString(folder.resolve("published-board.json"), board.json() + "\n");
        System.out.print(board.markdown());
    }

    /** For {@code scripts/likeness.py}: what the physics of each fold leaves of every measurement. */
    private static List<String> lines(List<CrossValidation.Fold> folds, List<Measurement> measurements) {
        List<String> lines = new ArrayList<>(List.of("split,fold,role," + CalibrationResources.HEADER));
        for (int f = 0; f < folds.size(); f++) {
            CrossValidation.Fold fold = folds.get(f);
            List<String> leftovers = fold.calibration().leftovers(measurements);
            for (int i = 0; i < measurements.size(); i++) {
                lines.add(fold.split() + "," + f + "," + fold.role(measurements.get(i)) + "," + leftovers.get(i));
            }
        }
        return lines;
    }

    /** Half of the models set the intervals that the other half is tried against, and the other way round. */
    static Map<CrossValidation.Split, List<ErrorBoard.Covered>> covered(
            Map<CrossValidation.Split, List<Outcome>> outcomes) {
        List<List<Outcome>> halves = List.of(new ArrayList<>(), new ArrayList<>());
        outcomes.values().forEach(part -> part.forEach(o -> halves.get(half(o)).add(o)));
        List<Calibration> judges = new ArrayList<>();
        for (List<Outcome> other : List.of(halves.get(1), halves.get(0))) {
            judges.add(Calibration.of(List.of()).withIntervals(other));
        }
        Map<CrossValidation.Split, List<ErrorBoard.Covered>> covered = new EnumMap<>(CrossValidation.Split.class);
        outcomes.forEach((split, part) -> covered.put(
                split, part.stream().map(o -> judge(judges.get(half(o)), o)).toList()));
        return covered;
    }

    private static ErrorBoard.Covered judge(Calibration judge, Outcome o) {
        return new ErrorBoard.Covered(
                o,
                holds(judge.tpotInterval(o), o.measurement().tpotMillis()),
                holds(judge.ttftInterval(o), o.measurement().ttftMillis()));
    }

    private static boolean holds(Interval interval, double value) {
        return interval.low() <= value && value <= interval.high();
    }

    /** Rows of one model, device and engine stay together. */
    private static int half(Outcome o) {
        var d = o.measurement().deployment();
        String key = d.model().name() + d.layout().device().name() + d.engine().name();
        return Math.floorMod(key.hashCode() * 31 + 7, 2);
    }
}
