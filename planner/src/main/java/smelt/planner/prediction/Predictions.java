package smelt.planner.prediction;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;

/** Forecasts for every line of a file of measurements. */
public final class Predictions {
    private static final List<String> ADDED = List.of(
            "ttft_ms", "tpot_ms", "ttft_ms_low", "ttft_ms_high", "tpot_ms_low", "tpot_ms_high", "fits", "saturated");
    private static final String NOTHING = ",".repeat(ADDED.size() - 1);

    private Predictions() {}

    /**
     * What became of a file.
     *
     * @param rows of it
     * @param unknown why rows have no forecast: those of the same reason together, in the order of the first
     */
    public record Result(int rows, List<Gap> unknown) {
        public Result {
            unknown = List.copyOf(unknown);
        }

        /** Rows whose figures are empty. */
        public int empty() {
            return unknown.stream().mapToInt(Gap::rows).sum();
        }
    }

    /**
     * Rows that have no forecast.
     *
     * @param first of them; the header is row 1
     * @param reason column and value
     */
    public record Gap(int first, int rows, String reason) {}

    /** Forecasts by the measurements that come with smelt. */
    public static Result run(Reader rows, Appendable out) {
        return run(CalibratedForecaster.builtIn(), rows, out);
    }

    /**
     * Writes the lines of {@code rows} back with what {@code forecaster} expects of each: times with their 90% bounds,
     * whether it fits, whether requests wait for room. All of that is empty where a model, a device or a format is not
     * known.
     *
     * @throws Failure that names row and column of what cannot be understood, or NOT_FOUND where not one row has a
     *     forecast; nothing is written then
     */
    public static Result run(Forecaster forecaster, Reader rows, Appendable out) {
        Lines read = new RowsReader(Catalogue.builtIn()).lines(rows);
        Map<String, Gap> gaps = new LinkedHashMap<>();
        List<String> written = new ArrayList<>(read.lines().size());
        for (Line line : read.lines()) {
            written.add(line(read.header(), line.fields()) + figures(forecaster, line, gaps));
        }
        var result = new Result(written.size(), List.copyOf(gaps.values()));
        if (result.rows() > 0 && result.empty() == result.rows()) {
            throw nothing(read.lines());
        }
        write(read.header(), written, out);
        return result;
    }

    private static Failure nothing(List<Line> lines) {
        Failure first = lines.stream()
                .filter(Unknown.class::isInstance)
                .map(line -> ((Unknown) line).reason())
                .findFirst()
                .orElseThrow();
        return lines.size() == 1 ? first : first.in("None of the " + lines.size() + " rows can be forecast");
    }

    private static void write(List<String> header, List<String> lines, Appendable out) {
        List<String> names = new ArrayList<>(header.stream()
                .filter(name -> !ADDED.contains(name.strip()))
                .map(Csv::field)
                .toList());
        names.addAll(ADDED);
        try {
            out.append(String.join(",", names)).append('\n');
            for (String line : lines) {
                out.append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String figures(Forecaster forecaster, Line line, Map<String, Gap> gaps) {
        return switch (line) {
            case Row row -> figures(forecaster.forecast(row.deployment(), row.load()));
            case Unknown unknown -> {
                String what = unknown.reason().what();
                String reason = what.substring(what.indexOf("column"));
                gaps.merge(
                        reason,
                        new Gap(unknown.number(), 1, reason),
                        (some, one) -> new Gap(some.first(), some.rows() + 1, reason));
                yield NOTHING;
            }
        };
    }

    /** Fields of columns that a forecast replaces are left out. */
    private static String line(List<String> header, List<String> fields) {
        var line = new StringBuilder();
        for (int i = 0; i < header.size(); i++) {
            if (!ADDED.contains(header.get(i).strip())) {
                line.append(Csv.field(fields.get(i))).append(',');
            }
        }
        return line.toString();
    }

    private static String figures(Forecast f) {
        return String.format(
                Locale.ROOT,
                "%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%b,%b",
                f.ttftMillis().value(),
                f.tpotMillis().value(),
                f.ttftMillis().low(),
                f.ttftMillis().high(),
                f.tpotMillis().low(),
                f.tpotMillis().high(),
                f.fits(),
                f.saturated());
    }
}
