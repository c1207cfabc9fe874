package smelt.planner.calibration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import smelt.compiler.StepProgram;
import smelt.planner.time.Interval;
import smelt.runtime.LoadPlan;
import smelt.runtime.MemoryNeed;

/**
 * What a model will do on a machine that was calibrated, from the model's header alone.
 *
 * @param speeds tokens a second by scenario, named as {@code smelt bench} names them
 * @param residentBytes of the process when all of it was done; pages of the model's file are not counted, as the system
 *     takes them back when it needs them
 * @param need the model's own memory, at most
 * @param remarks what to know when reading the figures
 */
public record MachineForecast(
        Map<String, Interval> speeds, Interval residentBytes, MemoryNeed need, List<String> remarks) {
    /** Of a normal distribution: 90% lie within. */
    private static final double WITHIN_90 = 1.645;
    /** Of the log of a speed: machines are not the same from one minute to the next. */
    private static final double LEAST_ERROR = 0.025;

    private static final double MEMORY_ERROR = 0.01;

    public MachineForecast {
        speeds = Collections.unmodifiableMap(new LinkedHashMap<>(speeds));
        remarks = List.copyOf(remarks);
    }

    /** @throws java.util.NoSuchElementException where there is no such scenario */
    public Interval speed(String scenario) {
        return Optional.ofNullable(speeds.get(scenario)).orElseThrow();
    }

    /** A step's time, and the standard deviation of its logarithm. */
    private record Step(double seconds, double error) {}

    /** The calls of a step that are alike. */
    private record Calls(CallWork work, int count) {}

    /** Forecasts one model. */
    private static final class Forecaster {
        final MachineCalibration calibration;
        final LoadPlan plan;
        final KernelRates rates;
        final KernelRates.Whole whole;
        final List<Calls> calls;
        final double workingSet;
        final Set<String> unknown = new TreeSet<>();

        Forecaster(MachineCalibration calibration, LoadPlan plan) {
            this.calibration = calibration;
            this.plan = plan;
            this.rates = KernelRates.fit(calibration.kernels(), calibration.reads());
            this.whole = new KernelRates.Whole(calibration.steps(), rates.nearness());
            this.calls = calls(plan);
            this.workingSet = workingSet(plan.program());
        }

        Step step(StepShape shape) {
            double seconds = 0;
            double error = 0;
            for (Calls each : calls) {
                KernelRates.Estimate estimate = rates.estimate(each.work(), shape, workingSet);
                seconds += each.count() * estimate.seconds();
                error += each.count() * estimate.seconds() * estimate.error();
                if (!estimate.measured()) {
                    unknown.add(name(each.work()));
                }
            }
            double times = whole.ratio(shape.rows(), workingSet);
            return new Step(seconds * times + engineSeconds(shape.sequences()), error / seconds);
        }

        private static String name(CallWork work) {
            Set<String> types = new LinkedHashSet<>();
            work.matrices()
                    .forEach(matrix -> types.add(matrix.isStacked() ? matrix.type() + " experts" : matrix.type()));
            return types.isEmpty() ? work.kind() : String.join(" and ", types);
        }

        /** By a straight line through what was measured. */
        private double engineSeconds(int sequences) {
            RowGrid grid = new RowGrid();
            calibration.engine().forEach(each -> grid.put(each.sequences(), each.seconds()));
            return grid.isEmpty() ? 0 : grid.at(sequences)[0];
        }

        /** The whole prompt, in steps of as many rows as there may be. */
        Step prompt(int tokens) {
            double seconds = 0;
            double error = 0;
            int most = plan.limits().maxRows();
            for (int from = 0; from < tokens; from += most) {
                Step step = step(StepShape.prompt(Math.min(most, tokens - from), from));
                seconds += step.seconds();
                error = Math.max(error, step.error());
            }
            return new Step(seconds, error);
        }

        double spread() {
            return KernelRates.median(
                    calibration.steps().stream().map(StepSample::spread).toList());
        }

        Interval rate(double tokens, Step step) {
            double spread = spread();
            double error = Math.sqrt(step.error() * step.error() + spread * spread + LEAST_ERROR * LEAST_ERROR);
            double rate = tokens / step.seconds();
            double factor = Math.exp(WITHIN_90 * error);
            return new Interval(rate / factor, rate, rate * factor);
        }
    }

    /** @param plan with the options of {@code scenarios} */
    public static MachineForecast of(MachineCalibration calibration, LoadPlan plan, Scenarios scenarios) {
        var forecaster = new Forecaster(calibration, plan);
        int prompt = scenarios.prompt();
        int output = scenarios.output();
        Map<String, Interval> speeds = new LinkedHashMap<>();
        speeds.put("prefill " + prompt, forecaster.rate(prompt, forecaster.prompt(prompt)));
        int short1 = Scenarios.SHORT_PROMPT;
        speeds.put(
                "decode " + output + " after " + short1,
                forecaster.rate(1, forecaster.step(StepShape.decode(short1 + output / 2))));
        speeds.put(
                "decode " + Scenarios.DEEP_OUTPUT + " after " + scenarios.depth(),
                forecaster.rate(1, forecaster.step(StepShape.decode(scenarios.depth() + Scenarios.DEEP_OUTPUT / 2))));
        int users = scenarios.users();
        StepShape crowd = new StepShape(users, 1, Scenarios.CROWD_PROMPT + Scenarios.CROWD_OUTPUT / 2);
        speeds.put("decode, " + users + " users", forecaster.rate(users, forecaster.step(crowd)));
        List<String> remarks = new ArrayList<>();
        if (!forecaster.unknown.isEmpty()) {
            remarks.add("Not measured on this machine, and taken from the nearest that was: "
                    + String.join(", ", forecaster.unknown));
        }
        return new MachineForecast(speeds, resident(calibration, plan, users), plan.need(), remarks);
    }

    private static Interval resident(MachineCalibration calibration, LoadPlan plan, int wanted) {
        double bytes = (double) residentBytes(plan, wanted) + calibration.overheadBytes();
        return new Interval(
                bytes * Math.exp(-WITHIN_90 * MEMORY_ERROR), bytes, bytes * Math.exp(WITHIN_90 * MEMORY_ERROR));
    }

    /** Of what the model may take, that which is ever written when {@code wanted} rows of a step want logits. */
    public static long residentBytes(LoadPlan plan, int wanted) {
        long unwritten = plan.program().buffers().stream()
                .filter(StepProgram.Buffer::wanted)
                .mapToLong(buffer -> (long) Math.max(0, plan.limits().maxLogits() - wanted) * buffer.stride())
                .sum();
        return plan.need().total() - unwritten;
    }

    /** Packed bytes of the weights that a step of one token reads. */
    public static double workingSet(StepProgram program) {
        double bytes = 0;
        for (List<StepProgram.Call> some : all(program)) {
            for (StepProgram.Call call : some) {
                for (StepProgram.Product product : call.products()) {
                    bytes += (double) product.bytes() * product.used();
                }
            }
        }
        return Math.max(1, bytes);
    }

    private static List<List<StepProgram.Call>> all(StepProgram program) {
        List<List<StepProgram.Call>> all = new ArrayList<>(program.layers());
        all.add(program.embedding());
        all.add(program.head());
        return all;
    }

    private static List<Calls> calls(LoadPlan plan) {
        int width = plan.graph().info().hidden();
        Map<CallWork, Integer> counts = new LinkedHashMap<>();
        StepProgram program = plan.program();
        for (List<StepProgram.Call> some : all(program)) {
            boolean wanted = some == program.head();
            some.forEach(call -> counts.merge(CallWork.of(call, width, wanted), 1, Integer::sum));
        }
        return counts.entrySet().stream()
                .map(entry -> new Calls(entry.getKey(), entry.getValue()))
                .toList();
    }
}
