package smelt.planner.measurement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.choice.Texts;
import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Interval;
import smelt.planner.time.Load;
import smelt.planner.time.StepClock;

/**
 * Forecasts that the user's own measurements of the same device and engine have moved. Safe for several threads where
 * the forecaster beneath is.
 */
public final class CorrectedForecaster implements Forecaster {
    private final Forecaster base;
    private final Map<Comparison.Place, List<Comparison>> measured;
    private final Set<Comparison.Place> asked = ConcurrentHashMap.newKeySet();

    private CorrectedForecaster(Forecaster base, Map<Comparison.Place, List<Comparison>> measured) {
        this.base = base;
        this.measured = measured;
    }

    /**
     * Reads files of results.
     *
     * @param files {@code FILE}, or {@code FILE@NxDEVICE:WEIGHTS:name=value...}
     * @param catalogue of the devices
     * @throws Failure INVALID_ARGUMENT with all problems: files that are none, that do not say what ran where, or of
     *     runs that cannot have been
     */
    public static CorrectedForecaster of(Forecaster base, List<String> files, Catalogue catalogue) {
        Map<Comparison.Place, List<Comparison>> measured = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String file : files) {
            try {
                compare(MeasuredRun.parse(file), base, catalogue)
                        .forEach(c -> measured.computeIfAbsent(c.place(), place -> new ArrayList<>())
                                .add(c));
            } catch (Failure e) {
                problems.add("measurements: " + e.what() + (e.nextStep() == null ? "" : " (" + e.nextStep() + ")"));
            }
        }
        if (!problems.isEmpty()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, String.join("\n  - ", problems));
        }
        return new CorrectedForecaster(base, measured);
    }

    private static List<Comparison> compare(MeasuredRun run, Forecaster base, Catalogue catalogue) {
        try {
            return Measurements.read(run.file(), run.given()).stream()
                    .map(one -> Comparison.of(one, run, base, catalogue))
                    .toList();
        } catch (Failure e) {
            throw run.failed(e);
        }
    }

    private static Correction correction(List<Comparison> some, String model, ToDoubleFunction<Comparison> figure) {
        return Correction.of(
                model,
                some.stream()
                        .map(c -> Map.entry(c.model(), figure.applyAsDouble(c)))
                        .toList());
    }

    private List<Comparison> measured(Deployment deployment) {
        Comparison.Place place = Comparison.Place.of(deployment);
        List<Comparison> some = measured.getOrDefault(place, List.of());
        if (!some.isEmpty()) {
            asked.add(place);
        }
        return some;
    }

    @Override
    public Forecast forecast(Deployment deployment, Load load) {
        Forecast expected = base.forecast(deployment, load);
        List<Comparison> some = measured(deployment);
        if (some.isEmpty()) {
            return expected;
        }
        String model = deployment.model().name();
        Correction first = correction(some, model, Comparison::ttft);
        Correction each = correction(some, model, Comparison::tpot);
        Interval ttft = first.applied(expected.ttftMillis());
        Interval tpot = each.applied(expected.tpotMillis());
        List<String> assumptions = new ArrayList<>(expected.assumptions());
        assumptions.add(text(some, model));
        return new Forecast(
                ttft,
                tpot,
                throughput(expected, ttft, tpot, load),
                expected.memory(),
                expected.fits(),
                expected.saturated(),
                expected.utilisation(),
                assumptions);
    }

    /** As much more or less as answers take less or more time. */
    private static Interval throughput(Forecast expected, Interval ttft, Interval tpot, Load load) {
        double steps = load.output() - 1;
        double before =
                expected.ttftMillis().value() + steps * expected.tpotMillis().value();
        double after = ttft.value() + steps * tpot.value();
        double share = ttft.value() / after;
        double width = Math.exp(Math.hypot(
                share * Math.log(ttft.high() / ttft.value()), (1 - share) * Math.log(tpot.high() / tpot.value())));
        double rate = expected.tokensPerSecond().value() * before / after;
        return new Interval(rate / width, rate, rate * width);
    }

    @Override
    public StepClock clock(Deployment deployment) {
        StepClock clock = base.clock(deployment);
        List<Comparison> some = measured(deployment);
        if (some.isEmpty()) {
            return clock;
        }
        String model = deployment.model().name();
        return new MovedClock(
                clock,
                correction(some, model, Comparison::ttft).factor(),
                correction(some, model, Comparison::tpot).factor());
    }

    /**
     * Steps that take so many times as long.
     *
     * @param prompts factor of those that are mostly prompts
     */
    private record MovedClock(StepClock clock, double prompts, double answers) implements StepClock {
        @Override
        public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
            return clock.seconds(promptRows, promptContext, decodeRows, decodeContext)
                    * (promptRows > decodeRows ? prompts : answers);
        }

        @Override
        public long kvTokens() {
            return clock.kvTokens();
        }
    }

    private static String text(List<Comparison> some, String model) {
        Correction first = correction(some, model, Comparison::ttft);
        Correction each = correction(some, model, Comparison::tpot);
        long own = some.stream().filter(c -> c.model().equals(model)).count();
        List<String> moved = new ArrayList<>();
        if (!first.isNone()) {
            moved.add("time to the first token x " + Texts.number(first.factor()));
        }
        if (!each.isNone()) {
            moved.add("time per token x " + Texts.number(each.factor()));
        }
        return some.getFirst().place().text() + ": " + String.join(", ", moved) + " for " + model + ", by "
                + own + (own == 1 ? " measurement" : " measurements") + " of it and " + (some.size() - own)
                + " of other models (" + sources(some) + ")";
    }

    private static String sources(List<Comparison> some) {
        return some.stream().map(Comparison::source).distinct().collect(Collectors.joining(", "));
    }

    /** What the measurements say, a sentence for each device, engine and model that was measured. */
    public List<String> sentences() {
        List<String> all = new ArrayList<>();
        measured.values()
                .forEach(some ->
                        some.stream().map(Comparison::model).distinct().forEach(model -> all.add(text(some, model))));
        return all;
    }

    /** Of what was measured, that which no forecast so far was of. */
    public List<String> unasked() {
        return measured.entrySet().stream()
                .filter(entry -> !asked.contains(entry.getKey()))
                .map(entry -> sources(entry.getValue()) + ": " + entry.getKey().text())
                .toList();
    }
}
