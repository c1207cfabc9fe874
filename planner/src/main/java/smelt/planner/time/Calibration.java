package smelt.planner.time;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import smelt.planner.time.Likeness.Quantity;

/** What is learnt from measurements: constants of the physics, and the errors that these leave. */
public final class Calibration {
    private static final double USUAL_TPOT_ERROR = 0.12;
    private static final double USUAL_TTFT_ERROR = 0.4;
    private static final int ROUNDS = 30;
    /** Errors beyond this tell of another set-up (another limit of the batch, another load), not of the site. */
    private static final double LARGEST_TPOT_ERROR = 1.2;

    private static final double LARGEST_TTFT_ERROR = 2;
    private static final double TPOT_OFFSET_SPREAD = 0.25;
    private static final double TTFT_OFFSET_SPREAD = 0.4;

    /** One measurement's errors: logs of measured by what the physics says. */
    record Leftover(Site site, double tpot, double ttft) {}

    private final Constants constants;
    private final List<Leftover> leftovers;
    private final Map<Site.Set, Kriging> tpot = new ConcurrentHashMap<>();
    private final Map<Site.Set, Kriging> ttft = new ConcurrentHashMap<>();
    private final Widths widths;

    Calibration(Constants constants, List<Leftover> leftovers, Widths widths) {
        this.constants = constants;
        this.leftovers = List.copyOf(leftovers);
        this.widths = widths;
    }

    /** The one that comes with smelt. */
    public static Calibration builtIn() {
        return BuiltIn.CALIBRATION;
    }

    /** Read when it is first asked for. */
    private static final class BuiltIn {
        static final Calibration CALIBRATION = CalibrationResources.read();
    }

    /** What {@code measurements} teach; the same for the same list. */
    public static Calibration of(List<Measurement> measurements) {
        List<Sample> samples = measurements.stream().map(Sample::of).toList();
        Constants constants = fit(measurements.stream()
                .filter(Measurement::explained)
                .map(Sample::of)
                .toList());
        return new Calibration(
                constants, samples.stream().map(s -> leftover(constants, s)).toList(), Widths.usual());
    }

    private static Leftover leftover(Constants constants, Sample sample) {
        Loop loop = sample.loop(constants.of(sample.group()));
        return new Leftover(
                sample.site(), Math.log(sample.tpot() / loop.tpot()), Math.log(sample.ttft() / loop.ttft()));
    }

    /** What the physics leaves of {@code measurements}, seen or not: lines as in {@code leftovers.csv}. */
    public List<String> leftovers(List<Measurement> measurements) {
        return measurements.stream()
                .map(m -> CalibrationResources.line(leftover(constants, Sample.of(m))))
                .toList();
    }

    /** This one with intervals that nine in ten of {@code outcomes} would have lain in. */
    public Calibration withIntervals(List<Outcome> outcomes) {
        return new Calibration(constants, leftovers, Widths.of(outcomes));
    }

    /** The interval that this calibration would put around the forecast of {@code outcome}. */
    public Interval tpotInterval(Outcome outcome) {
        double width = widths.tpot(Site.Set.of(outcome.measurement().deployment()), outcome.tpotNearness());
        double value = outcome.forecast().tpotMillis().value();
        return new Interval(value * Math.exp(-width), value, value * Math.exp(width));
    }

    /** The same for the time to the first token. */
    public Interval ttftInterval(Outcome outcome) {
        double width = widths.ttft(Site.Set.of(outcome.measurement().deployment()), outcome.ttftNearness());
        double value = outcome.forecast().ttftMillis().value();
        return new Interval(value * Math.exp(-width), value, value * Math.exp(width));
    }

    Constants constants() {
        return constants;
    }

    List<Leftover> leftovers() {
        return leftovers;
    }

    Widths widths() {
        return widths;
    }

    Kriging tpotErrors(Site.Set of) {
        return tpot.computeIfAbsent(of, set -> kriging(set, Quantity.TPOT, Leftover::tpot, LARGEST_TPOT_ERROR));
    }

    Kriging ttftErrors(Site.Set of) {
        return ttft.computeIfAbsent(of, set -> kriging(set, Quantity.TTFT, Leftover::ttft, LARGEST_TTFT_ERROR));
    }

    /** Made when it is first asked for: half a second for a thousand measurements. */
    private Kriging kriging(Site.Set set, Quantity quantity, ToDoubleFunction<Leftover> error, double largest) {
        return new Kriging(
                Likeness.of(set, quantity),
                leftovers.stream()
                        .filter(l -> l.site().set() == set)
                        .map(l -> new Kriging.Point(l.site(), Math.clamp(error.applyAsDouble(l), -largest, largest)))
                        .toList());
    }

    /**
     * Steps and first tokens together: how fast prompts are shows in both. Each engine, model and device has an offset
     * in common, so that one that is odd does not bend the constants of all.
     */
    private static Constants fit(List<Sample> samples) {
        List<Sample> told = samples.stream()
                .filter(s -> s.site().set() != Site.Set.DISAGGREGATED)
                .toList();
        var errors = new Errors(told);
        double[] prior = Arrays.copyOf(Constants.prior().logs(), errors.unknowns());
        double[] spreads = Arrays.copyOf(Constants.spreads(), errors.unknowns());
        Arrays.fill(spreads, errors.tpotOffset(0), errors.ttftOffset(0), TPOT_OFFSET_SPREAD);
        Arrays.fill(spreads, errors.ttftOffset(0), errors.unknowns(), TTFT_OFFSET_SPREAD);
        double[] x = new LeastSquares(errors, 2 * told.size(), prior, spreads).solve(ROUNDS);
        return new Constants(Arrays.copyOf(x, Constants.SIZE));
    }

    /**
     * Two errors of each sample: between tokens, and to the first. Behind the constants lie two that all offsets follow
     * and that stay 0, then the offsets of each place for tpot, then for ttft.
     */
    private static final class Errors implements LeastSquares.Residuals {
        private static final int ALL_TPOT = Constants.SIZE;
        private static final int ALL_TTFT = ALL_TPOT + 1;

        private final List<Sample> samples;
        private final int[] places;
        private final int count;

        Errors(List<Sample> samples) {
            this.samples = samples;
            Map<String, Integer> known = new HashMap<>();
            this.places = samples.stream()
                    .mapToInt(s -> known.computeIfAbsent(s.place(), p -> known.size()))
                    .toArray();
            this.count = known.size();
        }

        int tpotOffset(int place) {
            return ALL_TTFT + 1 + place;
        }

        int ttftOffset(int place) {
            return tpotOffset(count) + place;
        }

        int unknowns() {
            return ttftOffset(count);
        }

        @Override
        public void at(double[] x, double[] into) {
            var constants = new Constants(x);
            Map<Group, double[]> groups = new HashMap<>();
            for (int i = 0; i < samples.size(); i++) {
                Sample s = samples.get(i);
                Loop loop = s.loop(groups.computeIfAbsent(s.group(), constants::of));
                double tpot = x[ALL_TPOT] + x[tpotOffset(places[i])];
                double ttft = x[ALL_TTFT] + x[ttftOffset(places[i])];
                into[2 * i] = (Math.log(loop.tpot() / s.tpot()) + tpot) / USUAL_TPOT_ERROR;
                into[2 * i + 1] = (Math.log(loop.ttft() / s.ttft()) + ttft) / USUAL_TTFT_ERROR;
            }
        }

        @Override
        public int leader(int unknown) {
            if (unknown < Constants.SIZE) {
                return Constants.shared(unknown);
            }
            return unknown < ttftOffset(0) ? ALL_TPOT : ALL_TTFT;
        }

        @Override
        public boolean follows(int residual, int unknown) {
            if (unknown < Constants.SIZE) {
                return Constants.counts(unknown, samples.get(residual / 2).group());
            }
            int place = places[residual / 2];
            return unknown == (residual % 2 == 0 ? tpotOffset(place) : ttftOffset(place));
        }
    }

    /** A measurement with what follows from it; seconds. */
    private record Sample(Site site, Group group, Work work, Load load, double ttft, double tpot) {
        static Sample of(Measurement m) {
            Work work = Work.of(m.deployment());
            return new Sample(
                    Site.of(m.deployment(), work, m.load()),
                    Group.of(m.deployment(), work),
                    work,
                    m.load(),
                    m.ttftMillis() / 1e3,
                    m.tpotMillis() / 1e3);
        }

        String place() {
            return site.engine() + " " + site.model() + " " + site.device();
        }

        Loop loop(double[] c) {
            return Loop.of(work, c, load, site.set() == Site.Set.DISAGGREGATED);
        }
    }
}
