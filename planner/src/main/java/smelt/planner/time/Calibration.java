package smelt.planner.time;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is learnt from measurements: constants of the physics, and the errors that these leave. */
public final class Calibration {
    private static final double USUAL_TPOT_ERROR = 0.12;
    private static final double USUAL_TTFT_ERROR = 0.4;
    private static final int ROUNDS = 30;
    /** Errors beyond this tell of another set-up (another limit of the batch, another load), not of the site. */
    private static final double LARGEST_TPOT_ERROR = 1.2;

    private static final double LARGEST_TTFT_ERROR = 2;
    /** More devices in one copy than any engine shares matrices over: two sets of devices, written as one. */
    private static final int MOST_DEVICES = 16;

    /** One measurement's errors: logs of measured by what the physics says. */
    record Leftover(Site site, double tpot, double ttft) {}

    private final Constants constants;
    private final List<Leftover> leftovers;
    private final Kriging tpot;
    private final Kriging ttft;
    private final Widths widths;

    Calibration(Constants constants, List<Leftover> leftovers, Widths widths) {
        this.constants = constants;
        this.leftovers = List.copyOf(leftovers);
        this.widths = widths;
        this.tpot = new Kriging(
                Likeness.TPOT,
                leftovers.stream()
                        .map(l -> new Kriging.Point(l.site(), clamp(l.tpot(), LARGEST_TPOT_ERROR)))
                        .toList());
        this.ttft = new Kriging(
                Likeness.TTFT,
                leftovers.stream()
                        .map(l -> new Kriging.Point(l.site(), clamp(l.ttft(), LARGEST_TTFT_ERROR)))
                        .toList());
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
        Constants constants = fit(samples);
        List<Leftover> leftovers = new ArrayList<>(samples.size());
        for (Sample sample : samples) {
            Loop loop = sample.loop(constants.of(sample.group()));
            leftovers.add(new Leftover(
                    sample.site(), Math.log(sample.tpot() / loop.tpot()), Math.log(sample.ttft() / loop.ttft())));
        }
        return new Calibration(constants, leftovers, Widths.usual());
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

    Kriging.Guess tpotError(Site site) {
        return tpot.at(site);
    }

    Kriging.Guess ttftError(Site site) {
        return ttft.at(site);
    }

    private static double clamp(double error, double largest) {
        return Math.clamp(error, -largest, largest);
    }

    /** Steps and first tokens together: how fast prompts are shows in both. */
    private static Constants fit(List<Sample> samples) {
        List<Sample> told = samples.stream()
                .filter(s ->
                        s.site().set() != Site.Set.DISAGGREGATED && s.work().devices() <= MOST_DEVICES)
                .toList();
        double[] prior = Constants.prior().logs();
        return new Constants(
                new LeastSquares(new Errors(told), 2 * told.size(), prior, Constants.spreads()).solve(ROUNDS));
    }

    /** Two errors of each sample: between tokens, and to the first. */
    private record Errors(List<Sample> samples) implements LeastSquares.Residuals {
        @Override
        public void at(double[] x, double[] into) {
            var constants = new Constants(x);
            Map<Group, double[]> groups = new HashMap<>();
            for (int i = 0; i < samples.size(); i++) {
                Sample s = samples.get(i);
                Loop loop = s.loop(groups.computeIfAbsent(s.group(), constants::of));
                into[2 * i] = Math.log(loop.tpot() / s.tpot()) / USUAL_TPOT_ERROR;
                into[2 * i + 1] = Math.log(loop.ttft() / s.ttft()) / USUAL_TTFT_ERROR;
            }
        }

        @Override
        public int leader(int unknown) {
            return Constants.shared(unknown);
        }

        @Override
        public boolean follows(int residual, int unknown) {
            return Constants.counts(unknown, samples.get(residual / 2).group());
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

        Loop loop(double[] c) {
            return Loop.of(work, c, load, site.set() == Site.Set.DISAGGREGATED);
        }
    }
}
