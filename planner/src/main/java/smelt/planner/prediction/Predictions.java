package smelt.planner.prediction;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;

/** Forecasts for every line of a file of measurements. */
public final class Predictions {
    private static final List<String> ADDED = List.of(
            "ttft_ms", "tpot_ms", "ttft_ms_low", "ttft_ms_high", "tpot_ms_low", "tpot_ms_high", "fits", "saturated");

    private Predictions() {}

    /**
     * Writes the lines of {@code rows} back with what smelt expects of each: times with their 90% bounds, whether it
     * fits, whether requests wait for room.
     *
     * @throws Failure that names row and column of what cannot be understood; nothing is written then
     */
    public static void run(Reader rows, Appendable out) {
        run(new RowsReader(Catalogue.builtIn()), CalibratedForecaster.builtIn(), rows, out);
    }

    static void run(RowsReader reader, Forecaster forecaster, Reader rows, Appendable out) {
        Rows read = reader.read(rows);
        List<String> kept = read.header().stream()
                .filter(name -> !ADDED.contains(name.strip()))
                .toList();
        try {
            out.append(line(kept)).append(',').append(String.join(",", ADDED)).append('\n');
            for (Row row : read.rows()) {
                out.append(line(read.header(), row))
                        .append(forecast(forecaster.forecast(row.deployment(), row.load())))
                        .append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(List<String> fields) {
        return String.join(",", fields.stream().map(Csv::field).toList());
    }

    /** Fields of columns that a forecast replaces are left out. */
    private static String line(List<String> header, Row row) {
        var line = new StringBuilder();
        for (int i = 0; i < header.size(); i++) {
            if (!ADDED.contains(header.get(i).strip())) {
                line.append(Csv.field(row.fields().get(i))).append(',');
            }
        }
        return line.toString();
    }

    private static String forecast(Forecast f) {
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
