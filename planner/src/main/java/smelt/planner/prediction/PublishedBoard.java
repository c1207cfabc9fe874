package smelt.planner.prediction;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import smelt.planner.prediction.PublishedCheck.Checked;
import smelt.planner.time.Forecaster;
import tools.jackson.databind.json.JsonMapper;

/** How far off forecasts are of figures that others published, see {@link PublishedCheck}. */
public record PublishedBoard(List<Line> lines, List<Entry> entries) {
    public PublishedBoard {
        lines = List.copyOf(lines);
        entries = List.copyOf(entries);
    }

    /**
     * One part of the figures; shares of the published speed, 0.08 is 8%.
     *
     * @param by source, device or engine
     * @param unfit how many of the rows would not fit, by the forecast
     * @param bias median: above 0 forecasts are too hopeful
     * @param coverage share within the 90% interval
     */
    public record Line(
            String by, String part, int rows, int unfit, double median, double worst, double bias, double coverage) {}

    /**
     * One figure.
     *
     * @param forecast 0 where it would not fit
     * @param wattsForecast watts at the wall, like {@code watts} 0 where nobody looked
     */
    public record Entry(
            String source,
            String published,
            String what,
            String unit,
            double value,
            double forecast,
            double low,
            double high,
            double watts,
            double wattsForecast) {}

    /** As it was last made. */
    public static PublishedBoard builtIn() {
        try (InputStream in = Objects.requireNonNull(
                PublishedBoard.class.getResourceAsStream("/smelt/planner/published-board.json"))) {
            return JsonMapper.shared().readValue(in, PublishedBoard.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PublishedBoard of(Forecaster forecaster) {
        return of(new PublishedCheck(forecaster).all(Published.builtIn()));
    }

    static PublishedBoard of(List<Checked> all) {
        Map<String, Function<Published, String>> keys = new LinkedHashMap<>();
        keys.put("all", p -> "all");
        keys.put("source", p -> p.source() + ", " + p.quantity().text());
        keys.put("engine", p -> p.engine().name());
        keys.put("device", p -> p.device().name());
        List<Line> lines = new ArrayList<>();
        keys.forEach((by, key) -> {
            Map<String, List<Checked>> parts = new LinkedHashMap<>();
            all.forEach(c -> parts.computeIfAbsent(key.apply(c.published()), k -> new ArrayList<>())
                    .add(c));
            parts.forEach((part, some) -> lines.add(line(by, part, some)));
        });
        return new PublishedBoard(lines, all.stream().map(PublishedBoard::entry).toList());
    }

    private static Line line(String by, String part, List<Checked> some) {
        List<Checked> told = some.stream().filter(c -> c.forecast() != null).toList();
        double[] errors = sorted(told, c -> Math.abs(Math.expm1(c.error())));
        double[] signed = sorted(told, c -> Math.expm1(c.error()));
        long held = told.stream().filter(Checked::holds).count();
        return new Line(
                by,
                part,
                some.size(),
                some.size() - told.size(),
                median(errors),
                errors.length == 0 ? 0 : rounded(errors[errors.length - 1], 4),
                median(signed),
                told.isEmpty() ? 0 : rounded((double) held / told.size(), 4));
    }

    private static double[] sorted(List<Checked> some, ToDoubleFunction<Checked> error) {
        double[] errors = some.stream().mapToDouble(error).toArray();
        Arrays.sort(errors);
        return errors;
    }

    private static double median(double[] sorted) {
        int n = sorted.length;
        return n == 0 ? 0 : rounded((sorted[n / 2] + sorted[(n - 1) / 2]) / 2, 4);
    }

    private static double rounded(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Math.round(value * unit) / unit;
    }

    private static Entry entry(Checked c) {
        Published p = c.published();
        boolean metered = !Double.isNaN(p.watts());
        return new Entry(
                p.source(),
                p.published(),
                p.text(),
                p.quantity().text(),
                p.value(),
                c.forecast() == null ? 0 : rounded(c.forecast().value(), 2),
                c.forecast() == null ? 0 : rounded(c.forecast().low(), 2),
                c.forecast() == null ? 0 : rounded(c.forecast().high(), 2),
                metered ? p.watts() : 0,
                metered ? rounded(c.watts(), 0) : 0);
    }

    public String json() {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    }

    /** The tables of docs/planning.md. */
    public String markdown() {
        var out = new StringBuilder("| of | part | figures | median | largest | bias | in |\n");
        out.append("|---|---|---|---|---|---|---|\n");
        for (Line l : lines) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %d | %.0f | %.0f | %+.0f | %.0f |%n",
                    l.by(),
                    l.part(),
                    l.rows(),
                    100 * l.median(),
                    100 * l.worst(),
                    100 * l.bias(),
                    100 * l.coverage()));
        }
        return out.toString();
    }
}
