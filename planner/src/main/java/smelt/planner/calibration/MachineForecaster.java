package smelt.planner.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Interval;
import smelt.planner.time.Load;
import smelt.planner.time.StepClock;

/**
 * Forecasts of smelt on the machine that was calibrated, from the times of its kernels; of all else those of another
 * forecaster. Safe for several threads where that is.
 */
public final class MachineForecaster implements Forecaster {
    /** Of a normal distribution: 90% lie within. */
    private static final double WITHIN_90 = 1.645;
    /**
     * Of the logarithm of a time: a shape says less of a model's steps than its file does, and users disturb each
     * other.
     */
    private static final double SHAPE_ERROR = 0.06;

    private static final int MOST_ROWS = 512;

    private final Forecaster base;
    private final MachineCalibration calibration;
    private final KernelRates rates;
    private final Map<Known, Optional<StepTimes>> known = new ConcurrentHashMap<>();

    private record Known(ModelShape model, NumberFormats formats) {}

    /** @param base for what is not of this machine, and for memory */
    public MachineForecaster(Forecaster base, MachineCalibration calibration) {
        this.base = base;
        this.calibration = calibration;
        this.rates = KernelRates.fit(calibration.kernels(), calibration.reads());
    }

    /** Empty for other machines, other engines, and layers that are not calibrated. */
    private Optional<StepTimes> times(Deployment deployment) {
        boolean here =
                deployment.layout().device().name().equals(calibration.device().name())
                        && deployment.engine().name().equals("smelt")
                        && deployment.layout().devices() == 1;
        return here
                ? known.computeIfAbsent(new Known(deployment.model(), deployment.formats()), this::times)
                : Optional.empty();
    }

    private Optional<StepTimes> times(Known what) {
        return ShapeWork.of(what.model(), what.formats())
                .map(calls -> new StepTimes(calibration, rates, calls, ShapeWork.workingSet(calls)));
    }

    @Override
    public Forecast forecast(Deployment deployment, Load load) {
        Forecast told = base.forecast(deployment, load);
        return times(deployment).map(times -> forecast(told, times, load)).orElse(told);
    }

    /**
     * In the time of one round each user's prompt is computed, and as many steps of all users as an answer has further
     * tokens. A prompt waits for half of the others' that are computed at the same time.
     */
    private Forecast forecast(Forecast told, StepTimes times, Load load) {
        int users = load.concurrency();
        int computed = Math.max(1, (int) Math.round(load.input() * (1 - load.prefixHitShare())));
        StepTimes.Step prompt = times.prompt(computed, MOST_ROWS);
        StepTimes.Step step = times.step(new StepShape(users, 1, load.input() + load.output() / 2));
        int steps = load.output() - 1;
        double round = users * prompt.seconds() + steps * step.seconds();
        double busy = users * prompt.seconds() / round;
        double ttft = prompt.seconds() * (1 + busy * (users - 1) / 2);
        double tpot = steps == 0 ? step.seconds() : (round - ttft) / steps;
        List<String> assumptions = new ArrayList<>(told.assumptions());
        assumptions.removeIf(text -> text.contains("priors"));
        assumptions.add("smelt on " + calibration.cpu() + ": by what 'smelt plan calibrate' measured there on "
                + calibration.date() + ", with " + calibration.threads() + " threads");
        // work on rows has no name in a shape
        List<String> types = times.unknown().stream()
                .filter(name -> Character.isUpperCase(name.charAt(0)))
                .toList();
        if (!types.isEmpty()) {
            assumptions.add("not measured on " + calibration.cpu() + ", and taken from the nearest that was: "
                    + String.join(", ", types));
        }
        return new Forecast(
                interval(1e3 * ttft, prompt.error()),
                interval(1e3 * tpot, step.error()),
                interval(users * load.output() / round, Math.max(prompt.error(), step.error())),
                told.memory(),
                told.fits(),
                told.saturated(),
                told.utilisation(),
                assumptions);
    }

    private static Interval interval(double value, double error) {
        double width = Math.exp(WITHIN_90 * Math.hypot(error, SHAPE_ERROR));
        return new Interval(value / width, value, value * width);
    }

    @Override
    public StepClock clock(Deployment deployment) {
        StepClock told = base.clock(deployment);
        return times(deployment).<StepClock>map(times -> new Clock(times, told)).orElse(told);
    }

    /** Prompts beside answers are a step of their own. */
    private record Clock(StepTimes times, StepClock base) implements StepClock {
        @Override
        public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
            double seconds = 0;
            if (decodeRows > 0) {
                int depth = (int) Math.clamp(decodeContext / decodeRows, 1, Integer.MAX_VALUE / 2);
                seconds += times.step(new StepShape(decodeRows, 1, depth)).seconds();
            }
            if (promptRows > 0) {
                int depth = (int) Math.clamp(promptContext / promptRows - promptRows / 2, 0, Integer.MAX_VALUE / 2);
                seconds += times.step(StepShape.prompt(promptRows, depth)).seconds();
            }
            return seconds;
        }

        @Override
        public long kvTokens() {
            return base.kvTokens();
        }
    }
}
