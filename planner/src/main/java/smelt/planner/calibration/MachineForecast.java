package smelt.planner.calibration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** Forecasts one model. */
    private record Forecaster(StepTimes times, double spread, int mostRows) {
        static Forecaster of(MachineCalibration calibration, LoadPlan plan) {
            double spread = KernelRates.median(
                    calibration.steps().stream().map(StepSample::spread).toList());
            return new Forecaster(
                    new StepTimes(calibration, calls(plan), workingSet(plan.program())),
                    spread,
                    plan.limits().maxRows());
        }

        StepTimes.Step step(StepShape shape) {
            return times.step(shape);
        }

        StepTimes.Step prompt(int tokens) {
            return times.prompt(tokens, mostRows);
        }

        Interval rate(double tokens, StepTimes.Step step) {
            double error = Math.sqrt(step.error() * step.error() + spread * spread + LEAST_ERROR * LEAST_ERROR);
            double rate = tokens / step.seconds();
            double factor = Math.exp(WITHIN_90 * error);
            return new Interval(rate / factor, rate, rate * factor);
        }
    }

    /** @param plan with the options of {@code scenarios} */
    public static MachineForecast of(MachineCalibration calibration, LoadPlan plan, Scenarios scenarios) {
        var forecaster = Forecaster.of(calibration, plan);
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
        if (!forecaster.times().unknown().isEmpty()) {
            remarks.add("Not measured on this machine, and taken from the nearest that was: "
                    + String.join(", ", forecaster.times().unknown()));
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

    private static List<StepTimes.Calls> calls(LoadPlan plan) {
        int width = plan.graph().info().hidden();
        Map<CallWork, Integer> counts = new LinkedHashMap<>();
        StepProgram program = plan.program();
        for (List<StepProgram.Call> some : all(program)) {
            boolean wanted = some == program.head();
            some.forEach(call -> counts.merge(CallWork.of(call, width, wanted), 1, Integer::sum));
        }
        return counts.entrySet().stream()
                .map(entry -> new StepTimes.Calls(entry.getKey(), entry.getValue()))
                .toList();
    }
}
