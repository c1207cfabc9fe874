package smelt.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import smelt.compiler.StepProgram;
import smelt.graph.Node;
import smelt.planner.calibration.CallWork;
import smelt.planner.calibration.KernelSample;
import smelt.planner.calibration.MachineForecast;
import smelt.planner.calibration.StepSample;
import smelt.planner.calibration.StepShape;
import smelt.targets.cpu.KernelTimes;

/** What steps of one model took, in one piece and kernel by kernel. */
final class StepTimes {
    /** Share of measurements that are faster. */
    private static final double UNDISTURBED = 0.25;

    private final StepProgram program;
    private final int width;
    private final Map<StepShape, Times> steps = new LinkedHashMap<>();

    private static final class Times {
        final List<Double> whole = new ArrayList<>();
        final List<Double> sums = new ArrayList<>();
        final Map<Node, List<Double>> kernels = new LinkedHashMap<>();
        final Map<Node, Long> calls = new LinkedHashMap<>();
    }

    /** @param width columns of the residual stream */
    StepTimes(StepProgram program, int width) {
        this.program = program;
        this.width = width;
    }

    /** A step in one piece. */
    void add(StepShape shape, long nanos) {
        steps.computeIfAbsent(shape, key -> new Times()).whole.add(nanos / 1e9);
    }

    /** A step kernel by kernel. */
    void add(StepShape shape, List<KernelTimes.Entry> kernels) {
        Times times = steps.computeIfAbsent(shape, key -> new Times());
        double sum = 0;
        for (KernelTimes.Entry entry : kernels) {
            times.calls.put(entry.kernel(), entry.calls());
            times.kernels
                    .computeIfAbsent(entry.kernel(), kernel -> new ArrayList<>())
                    .add(Math.max(1, entry.nanos()) / 1e9 / entry.calls());
            sum += entry.nanos() / 1e9;
        }
        times.sums.add(sum);
    }

    List<KernelSample> kernels() {
        Map<Node, CallWork> works = works();
        double workingSet = MachineForecast.workingSet(program);
        List<KernelSample> samples = new ArrayList<>();
        steps.forEach((shape, times) -> times.kernels.forEach((kernel, seconds) -> {
            CallWork work = works.get(kernel);
            Long calls = times.calls.get(kernel);
            if (work != null && calls != null) {
                samples.add(new KernelSample(
                        work, shape, workingSet, calls.intValue(), undisturbed(seconds), spread(seconds)));
            }
        }));
        return samples;
    }

    List<StepSample> steps() {
        double workingSet = MachineForecast.workingSet(program);
        List<StepSample> samples = new ArrayList<>();
        steps.forEach((shape, times) -> {
            if (times.whole.isEmpty()) {
                return;
            }
            samples.add(new StepSample(
                    shape,
                    workingSet,
                    undisturbed(times.whole),
                    Math.max(1e-9, undisturbed(times.sums)),
                    spread(times.whole)));
        });
        return samples;
    }

    private Map<Node, CallWork> works() {
        Set<Node> head = program.head().stream().map(StepProgram.Call::kernel).collect(Collectors.toSet());
        Map<Node, CallWork> works = new LinkedHashMap<>();
        Stream.concat(
                        Stream.concat(program.embedding().stream(), program.head().stream()),
                        program.layers().stream().flatMap(List::stream))
                .forEach(call ->
                        works.putIfAbsent(call.kernel(), CallWork.of(call, width, head.contains(call.kernel()))));
        return works;
    }

    /** What it takes while nobody else uses the machine: nearly the least, which may have been luck. */
    static double undisturbed(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) (UNDISTURBED * sorted.size()));
    }

    /** From the fastest to {@link #undisturbed}, as a share. */
    private static double spread(List<Double> values) {
        double usual = undisturbed(values);
        return 1 - values.stream().mapToDouble(Double::doubleValue).min().orElse(usual) / usual;
    }
}
