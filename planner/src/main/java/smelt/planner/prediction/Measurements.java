package smelt.planner.prediction;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Resources;
import smelt.planner.time.Layout;
import smelt.planner.time.Load;
import smelt.planner.time.Measurement;

/** The measurements that come with smelt (see the README beside them). */
public final class Measurements {
    private Measurements() {}

    /** The file as it was published. */
    public static Rows rows() {
        try (Reader reader = Resources.text("measured.csv")) {
            return new RowsReader(Catalogue.builtIn()).read(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Those that teach something: each run once (the file has many twice, some of them rounded), without GB200's dense
     * rows of unknown precision, which no model of the hardware explains.
     */
    public static List<Measurement> toFit(Rows rows) {
        Set<Run> seen = new HashSet<>();
        List<Measurement> all = new ArrayList<>();
        int precision = rows.header().indexOf("precision");
        int system = rows.header().indexOf("system");
        for (Row row : rows.rows()) {
            Measurement m = row.measured();
            if (m == null || unexplained(row, precision, system)) {
                continue;
            }
            if (seen.add(Run.of(m))) {
                all.add(m);
            }
        }
        return all;
    }

    private static boolean unexplained(Row row, int precision, int system) {
        return row.fields().get(precision).isBlank()
                && row.fields().get(system).equals("gb200")
                && !row.deployment().model().hasExperts();
    }

    /** What tells one run from another: where, with what load, and the milliseconds to the first token. */
    private record Run(
            String engine, String model, String device, double weightBits, Layout layout, Load load, long ttft) {
        static Run of(Measurement m) {
            var d = m.deployment();
            return new Run(
                    d.engine().name() + d.engine().version(),
                    d.model().name(),
                    d.layout().device().name(),
                    d.formats().expertWeights().bitsPerWeight(),
                    d.layout(),
                    m.load(),
                    Math.round(m.ttftMillis()));
        }
    }
}
