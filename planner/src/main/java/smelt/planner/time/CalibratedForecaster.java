package smelt.planner.time;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Physics with fitted constants, mended by what measurements near by say. Safe for several threads. */
public final class CalibratedForecaster implements Forecaster {
    private final Calibration calibration;

    public CalibratedForecaster(Calibration calibration) {
        this.calibration = calibration;
    }

    /** By the measurements that come with smelt. */
    public static CalibratedForecaster builtIn() {
        return new CalibratedForecaster(Calibration.builtIn());
    }

    @Override
    public Forecast forecast(Deployment deployment, Load load) {
        return look(deployment, load).forecast();
    }

    /** What this forecaster, made without {@code measurement}, says of it. */
    public Outcome outcome(Measurement measurement) {
        Look look = look(measurement.deployment(), measurement.load());
        return new Outcome(measurement, look.forecast(), look.tpotNearness(), look.ttftNearness());
    }

    private record Look(Forecast forecast, double tpotNearness, double ttftNearness) {}

    private Look look(Deployment deployment, Load load) {
        check(deployment, load);
        Work work = Work.of(deployment);
        Site site = Site.of(deployment, work, load);
        Loop loop = Loop.of(
                work, constants(deployment, work), load, deployment.layout().disaggregated());
        Kriging.Guess tpotGuess = calibration.tpotErrors(site.set()).at(site);
        Kriging.Guess ttftGuess = calibration.ttftErrors(site.set()).at(site);
        double bound = work.fixedBytes() / work.bandwidth();
        double tpot = Math.max(loop.tpot() * Math.exp(tpotGuess.error()), bound);
        double ttft = loop.ttft() * Math.exp(ttftGuess.error());
        double tpotWidth = calibration.widths().tpot(site.set(), tpotGuess.nearness());
        double ttftWidth = calibration.widths().ttft(site.set(), ttftGuess.nearness());
        var forecast = new Forecast(
                interval(1e3 * ttft, ttftWidth, 0),
                interval(1e3 * tpot, tpotWidth, 1e3 * bound),
                throughput(load, ttft, tpot, ttftWidth, tpotWidth),
                Memory.of(work, load),
                Memory.fits(work, load),
                loop.room() < Math.max(1.0, load.concurrency()) / work.copies(),
                1,
                assumptions(deployment, site));
        return new Look(forecast, tpotGuess.nearness(), ttftGuess.nearness());
    }

    @Override
    public StepClock clock(Deployment deployment) {
        check(deployment, new Load(1, 1, 1, 0));
        Work work = Work.of(deployment);
        Map<Integer, Double> errors = new HashMap<>();
        double[] constants = constants(deployment, work);
        return new Clock(
                work,
                constants,
                users -> errors.computeIfAbsent(users, u -> {
                    Site site = Site.of(deployment, work, new Load(1024, 1024, u, 0));
                    return Math.exp(calibration.tpotErrors(site.set()).errorAt(site));
                }));
    }

    private double[] constants(Deployment deployment, Work work) {
        double[] constants = calibration.constants().of(Group.of(deployment, work));
        Priors.adjust(constants, deployment);
        return constants;
    }

    private static Interval interval(double value, double width, double least) {
        return new Interval(Math.max(value * Math.exp(-width), least), value, value * Math.exp(width));
    }

    /** Whole deployment: every user gets an answer in the time to its first token and the steps after it. */
    private static Interval throughput(Load load, double ttft, double tpot, double ttftWidth, double tpotWidth) {
        double steps = (load.output() - 1) * tpot;
        double rate = load.concurrency() * load.output() / (ttft + steps);
        double share = ttft / (ttft + steps);
        double width = Math.hypot(share * ttftWidth, (1 - share) * tpotWidth);
        return interval(rate, width, 0);
    }

    private static List<String> assumptions(Deployment deployment, Site site) {
        List<String> all = new ArrayList<>();
        if (!Group.ENGINES.contains(site.engine())) {
            all.add("no measurements of " + site.engine() + " are fitted: priors, wide intervals");
        }
        if (site.set() == Site.Set.DISAGGREGATED) {
            all.add("one worker computes the answers");
        }
        if (deployment.layout().pipeline() > 1) {
            all.add("stages of layers are kept busy by as many groups of sequences");
        }
        return all;
    }

    private static void check(Deployment deployment, Load load) {
        Layout layout = deployment.layout();
        if (layout.tensor() < 1 || layout.pipeline() < 1 || layout.data() < 1) {
            throw invalid("A layout needs at least one device in each direction but has tensor " + layout.tensor()
                    + ", pipeline " + layout.pipeline() + ", data " + layout.data());
        }
        if (load.input() < 1 || load.output() < 1 || load.concurrency() < 1) {
            throw invalid("A load needs at least one token in, one out and one user but has " + load.input() + ", "
                    + load.output() + ", " + load.concurrency());
        }
        if (!(load.prefixHitShare() >= 0 && load.prefixHitShare() <= 1)) {
            throw invalid("The share of prompts found computed must be 0 to 1 but is " + load.prefixHitShare());
        }
    }

    private static Failure invalid(String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, what);
    }
}
