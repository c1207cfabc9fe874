package smelt.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.measurement.CorrectedForecaster;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Forecaster;

/** The forecaster that comes with smelt, and the same with what the user measured. */
final class PlanForecaster {
    /** As a machine, or where a file of measurements is from. */
    private static final Pattern THIS = Pattern.compile("(?i)(.*@)?(1\\s*[x*]\\s*)?this(:.*)?");

    private PlanForecaster() {}

    static Forecaster open() {
        return CalibratedForecaster.builtIn();
    }

    /**
     * Corrected by the files of the setting {@code measurements}.
     *
     * @param said of a question that was read, so that its catalogue's files can be
     * @param known without these files
     */
    static Forecaster corrected(Forecaster base, Map<String, List<String>> said, Catalogue known) {
        Catalogue catalogue = known;
        for (String file : values(said, "catalogue")) {
            catalogue = catalogue.with(Path.of(file));
        }
        List<String> files = values(said, "measurements");
        return files.isEmpty() ? base : CorrectedForecaster.of(base, files, catalogue);
    }

    /** Whether the machine at hand is among those that are asked of. */
    static boolean asksOfThis(Map<String, List<String>> said) {
        return Stream.of("own", "on", "measurements")
                .flatMap(setting -> values(said, setting).stream())
                .anyMatch(text -> THIS.matcher(text).matches());
    }

    private static List<String> values(Map<String, List<String>> said, String setting) {
        return said.getOrDefault(setting, List.of()).stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** Tells what was measured of something else. */
    static void tellUnasked(Forecaster forecaster, PrintWriter err) {
        if (forecaster instanceof CorrectedForecaster corrected) {
            corrected
                    .unasked()
                    .forEach(what -> err.println("smelt: these measurements moved nothing, for nothing here is of what"
                            + " they are of: " + what));
        }
    }
}
