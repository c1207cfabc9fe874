package smelt.planner.calibration;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How long steps of one model take on a machine that was calibrated. */
final class StepTimes {
    /** The calls of a step that are alike. */
    record Calls(CallWork work, int count) {}

    /** A step's time, and the standard deviation of its logarithm. */
    record Step(double seconds, double error) {}

    private final KernelRates rates;
    private final KernelRates.Whole whole;
    private final RowGrid engine = new RowGrid();
    private final List<Calls> calls;
    private final double workingSet;
    private final Set<String> unknown = new TreeSet<>();

    /** @param workingSet packed bytes of the weights that a step of one token reads */
    StepTimes(MachineCalibration calibration, List<Calls> calls, double workingSet) {
        this(calibration, KernelRates.fit(calibration.kernels(), calibration.reads()), calls, workingSet);
    }

    StepTimes(MachineCalibration calibration, KernelRates rates, List<Calls> calls, double workingSet) {
        this.rates = rates;
        this.whole = new KernelRates.Whole(calibration.steps(), rates.nearness());
        this.calls = List.copyOf(calls);
        this.workingSet = workingSet;
        calibration.engine().forEach(each -> engine.put(each.sequences(), each.seconds()));
        calls.stream()
                .map(Calls::work)
                .filter(work ->
                        !rates.estimate(work, StepShape.decode(1), workingSet).measured())
                .forEach(work -> unknown.add(name(work)));
    }

    Step step(StepShape shape) {
        double seconds = 0;
        double error = 0;
        for (Calls each : calls) {
            KernelRates.Estimate estimate = rates.estimate(each.work(), shape, workingSet);
            seconds += each.count() * estimate.seconds();
            error += each.count() * estimate.seconds() * estimate.error();
        }
        double times = whole.ratio(shape.rows(), workingSet);
        return new Step(seconds * times + engineSeconds(shape.sequences()), error / seconds);
    }

    /** By a straight line through what was measured. */
    private double engineSeconds(int sequences) {
        return engine.isEmpty() ? 0 : engine.at(sequences)[0];
    }

    /** A whole prompt, in steps of {@code most} rows. */
    Step prompt(int tokens, int most) {
        double seconds = 0;
        double error = 0;
        for (int from = 0; from < tokens; from += most) {
            Step step = step(StepShape.prompt(Math.min(most, tokens - from), from));
            seconds += step.seconds();
            error = Math.max(error, step.error());
        }
        return new Step(seconds, error);
    }

    /** What its calls do that was not measured on this machine. */
    Set<String> unknown() {
        return unknown;
    }

    private static String name(CallWork work) {
        Set<String> types = new LinkedHashSet<>();
        work.matrices().forEach(matrix -> types.add(matrix.isStacked() ? matrix.type() + " experts" : matrix.type()));
        return types.isEmpty() ? work.kind() : String.join(" and ", types);
    }
}
