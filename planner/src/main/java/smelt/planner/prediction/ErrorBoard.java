package smelt.planner.prediction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import smelt.planner.catalogue.JsonFile;
import smelt.planner.time.Deployment;
import smelt.planner.time.Measurement;
import smelt.planner.time.Outcome;
import tools.jackson.databind.json.JsonMapper;

/** How wrong forecasts of measurements were that the forecaster had not seen, for each kind of them. */
public record ErrorBoard(List<Line> lines) {
    /** Smaller parts tell of chance. */
    private static final int LEAST = 5;

    public ErrorBoard {
        lines = List.copyOf(lines);
    }

    /** The board of the calibration that comes with smelt. */
    public static ErrorBoard builtIn() {
        return JsonMapper.shared().treeToValue(JsonFile.resource("error-board.json"), ErrorBoard.class);
    }

    /**
     * Errors of one part of the measurements: shares of the measured value, 0.08 is 8%.
     *
     * @param split what the forecaster had not seen
     * @param partition which of the measurements
     * @param tpotCoverage share that lay within the 90% interval, which others had set
     */
    public record Line(
            String split,
            String partition,
            int rows,
            double tpotMedian,
            double tpotP90,
            double tpotCoverage,
            double ttftMedian,
            double ttftP90,
            double ttftCoverage,
            double throughputMedian) {}

    static ErrorBoard of(Map<CrossValidation.Split, List<Covered>> all) {
        List<Line> lines = new ArrayList<>();
        all.forEach((split, outcomes) -> {
            parts(outcomes, ErrorBoard::set).forEach((name, part) -> lines.add(line(split, name, part)));
        });
        for (CrossValidation.Split split : List.of(CrossValidation.Split.ROWS, CrossValidation.Split.MODEL_ON_DEVICE)) {
            List<Covered> outcomes = all.getOrDefault(split, List.of());
            partitions()
                    .forEach((kind, key) -> parts(outcomes, o -> set(o) + ", " + kind + " " + key.apply(o))
                            .forEach((name, part) -> {
                                if (part.size() >= LEAST) {
                                    lines.add(line(split, name, part));
                                }
                            }));
        }
        return new ErrorBoard(lines);
    }

    /** An outcome, and whether intervals that it had no part in hold it. */
    record Covered(Outcome outcome, boolean tpot, boolean ttft) {}

    private static Map<String, Function<Measurement, String>> partitions() {
        Map<String, Function<Measurement, String>> all = new LinkedHashMap<>();
        all.put("engine", m -> m.deployment().engine().name());
        all.put("device", m -> m.deployment().layout().device().name());
        all.put("layout", m -> layout(m.deployment()));
        all.put("type", m -> m.deployment().formats().expertWeights().name());
        all.put("length", m -> m.load().input() + "/" + m.load().output());
        all.put("load", m -> load(m.load().concurrency()));
        return all;
    }

    private static String layout(Deployment d) {
        return "tp" + d.layout().tensor() + " dp" + d.layout().data() + " ep"
                + d.layout().expert();
    }

    private static String load(int users) {
        int low = Integer.highestOneBit(users);
        int from = low >= 512 ? 512 : low >= 64 ? 64 : low >= 16 ? 16 : 1;
        return switch (from) {
            case 1 -> "1-15 users";
            case 16 -> "16-63 users";
            case 64 -> "64-511 users";
            default -> "512 users and more";
        };
    }

    private static String set(Measurement m) {
        Deployment d = m.deployment();
        if (!m.explained()) {
            return "rows that their deployment cannot explain";
        }
        if (d.layout().disaggregated()) {
            return "disaggregated";
        }
        return d.model().hasExperts() ? "experts" : "dense";
    }

    private static Map<String, List<Covered>> parts(List<Covered> outcomes, Function<Measurement, String> key) {
        Map<String, List<Covered>> parts = new TreeMap<>();
        for (Covered c : outcomes) {
            parts.computeIfAbsent(key.apply(c.outcome().measurement()), k -> new ArrayList<>())
                    .add(c);
        }
        return parts;
    }

    private static Line line(CrossValidation.Split split, String partition, List<Covered> part) {
        double[] tpot = errors(part, Outcome::tpotError);
        double[] ttft = errors(part, Outcome::ttftError);
        return new Line(
                split.text(),
                partition,
                part.size(),
                quantile(tpot, 0.5),
                quantile(tpot, 0.9),
                share(part.stream().filter(Covered::tpot).count(), part.size()),
                quantile(ttft, 0.5),
                quantile(ttft, 0.9),
                share(part.stream().filter(Covered::ttft).count(), part.size()),
                quantile(errors(part, Outcome::throughputError), 0.5));
    }

    private static double share(long part, int all) {
        return Math.round(1e4 * part / all) / 1e4;
    }

    private static double[] errors(List<Covered> part, ToDoubleFunction<Outcome> log) {
        double[] errors = part.stream()
                .mapToDouble(c -> Math.abs(Math.exp(log.applyAsDouble(c.outcome())) - 1))
                .toArray();
        Arrays.sort(errors);
        return errors;
    }

    private static double quantile(double[] sorted, double q) {
        double value = sorted[(int) Math.min(sorted.length - 1L, Math.round(q * (sorted.length - 1)))];
        return Math.round(value * 1e4) / 1e4;
    }

    /** For people: percent. */
    public String table() {
        var out = new StringBuilder(String.format(
                Locale.ROOT,
                "%-44s %-40s %5s  %14s %5s  %14s %5s  %6s%n",
                "not seen",
                "part",
                "rows",
                "TPOT med/p90",
                "in",
                "TTFT med/p90",
                "in",
                "tok/s"));
        for (Line l : lines) {
            out.append(String.format(
                    Locale.ROOT,
                    "%-44s %-40s %5d  %6.1f /%6.1f %4.0f%%  %6.1f /%6.1f %4.0f%%  %6.1f%n",
                    l.split(),
                    l.partition(),
                    l.rows(),
                    100 * l.tpotMedian(),
                    100 * l.tpotP90(),
                    100 * l.tpotCoverage(),
                    100 * l.ttftMedian(),
                    100 * l.ttftP90(),
                    100 * l.ttftCoverage(),
                    100 * l.throughputMedian()));
        }
        return out.toString();
    }

    public String json() {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    }
}
