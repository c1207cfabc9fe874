package smelt.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import smelt.compiler.StepProgram;
import smelt.graph.Cost;
import smelt.graph.Node;
import smelt.runtime.OpenModel;
import smelt.runtime.StepBatch;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.KernelTimes;
import smelt.targets.cpu.LimitProbe;

/**
 * What each kernel of a step takes and how near to the machine's limits it is, by the accounting that the trace shows
 * too. Steps that are timed kernel by kernel take turns with whole ones, between measurements of the limits.
 */
public final class Kernels {
    private static final int DECODE_STEPS = 20;
    private static final int PREFILL_STEPS = 3;

    private final Plan plan;
    private final Consumer<String> progress;
    private final long begin = System.nanoTime();
    private final KernelTimes times;
    private final OpenModel loaded;
    private final LimitProbe probe;
    private final Work work;
    /** Kernels that compute the last row alone. */
    private final Set<Node> head;

    private final Random random;
    private final int[] blocks;

    private Kernels(Plan plan, OpenModel loaded, LimitProbe probe, KernelTimes times, Consumer<String> progress) {
        this.plan = plan;
        this.loaded = loaded;
        this.probe = probe;
        this.times = times;
        this.progress = progress;
        this.work = Work.of(loaded);
        this.random = new Random(plan.seed());
        this.head = loaded.model().program().head().stream()
                .map(StepProgram.Call::kernel)
                .collect(Collectors.toSet());
        this.blocks = IntStream.range(0, loaded.limits().blockCount()).toArray();
    }

    /**
     * Measures a step of decode after a short prompt, one behind each of the plan's depths, and one of prefill, as far
     * as they fit the model.
     *
     * @param progress hears what is being done
     * @throws smelt.base.Failure as loading a model does
     */
    public static KernelReport run(String name, Path file, Plan plan, Consumer<String> progress) {
        progress.accept("loading " + name);
        int trained = Subject.trainedContext(file);
        int context = Math.min(
                trained, 1 + plan.depths().stream().reduce(Math.max(plan.prompt(), Plan.SHORT_PROMPT), Math::max));
        Host host = Host.detect();
        KernelTimes times = new KernelTimes();
        try (OpenModel loaded = Subject.load(
                        file,
                        () -> CpuTarget.startTimed(host.tier(), plan.threads(), times),
                        context,
                        context,
                        plan.cache());
                LimitProbe probe = host.probe(plan.threads())) {
            var kernels = new Kernels(plan, loaded, probe, times, progress);
            List<KernelReport.Step> steps = kernels.steps(context);
            return new KernelReport(
                    name,
                    host.machine().cpu(),
                    host.tier().text(),
                    plan.threads(),
                    plan.repeat(),
                    plan.seed(),
                    steps,
                    host.remarks(plan.threads(), kernels.work.weightBytes()),
                    (System.nanoTime() - kernels.begin) / 1e9);
        }
    }

    private List<KernelReport.Step> steps(int context) {
        List<KernelReport.Step> steps = new ArrayList<>();
        IntStream.concat(IntStream.of(Plan.SHORT_PROMPT), plan.depths().stream().mapToInt(Integer::intValue))
                .filter(depth -> depth < context)
                .forEach(depth ->
                        step("decode after " + depth, depth, 1, DECODE_STEPS).ifPresent(steps::add));
        int rows = Math.min(plan.prompt(), Math.min(context, loaded.limits().maxRows()));
        step("prefill " + rows, 0, rows, PREFILL_STEPS).ifPresent(steps::add);
        return steps;
    }

    /** What was measured of one kind of step. */
    private static final class Samples {
        final List<Double> whole = new ArrayList<>();
        final Map<Node, List<Double>> nanos = new LinkedHashMap<>();
        final Map<Node, KernelTimes.Entry> entries = new LinkedHashMap<>();
        final List<Double> reads = new ArrayList<>();
        final List<Double> int8 = new ArrayList<>();
        final List<Double> floats = new ArrayList<>();

        void add(List<KernelTimes.Entry> step) {
            for (KernelTimes.Entry entry : step) {
                entries.put(entry.kernel(), entry);
                nanos.computeIfAbsent(entry.kernel(), kernel -> new ArrayList<>())
                        .add((double) entry.nanos());
            }
        }
    }

    /** @param count of steps in a round; empty where the time is up before the first one */
    private Optional<KernelReport.Step> step(String name, int depth, int rows, int count) {
        fill(depth);
        Samples samples = new Samples();
        for (int round = 1; round <= plan.repeat() && isTimeLeft(); round++) {
            progress.accept("round " + round + " of " + plan.repeat() + ": " + name);
            probe(samples);
            for (int i = 0; i < count && isTimeLeft(); i++) {
                samples.whole.add(run(depth, rows, true));
                run(depth, rows, false);
                samples.add(times.take());
            }
            probe(samples);
        }
        return samples.whole.isEmpty() ? Optional.empty() : Optional.of(report(name, depth, rows, samples));
    }

    private boolean isTimeLeft() {
        return System.nanoTime() - begin < plan.budget().toNanos();
    }

    private void probe(Samples samples) {
        samples.reads.add(probe.memoryRead());
        samples.int8.add(probe.int8());
        samples.floats.add(probe.f32());
    }

    /** Keys and values of {@code depth} positions. */
    private void fill(int depth) {
        times.pause(true);
        int most = loaded.limits().maxRows();
        for (int from = 0; from < depth; from += most) {
            run(from, Math.min(most, depth - from), true);
        }
    }

    /** Milliseconds of a step of which the last row's logits are wanted. */
    private double run(int from, int rows, boolean whole) {
        times.pause(whole);
        int[] tokens = random.ints(rows, 0, loaded.limits().vocabulary()).toArray();
        StepBatch batch = new StepBatch(List.of(new StepBatch.Chunk(tokens, from, blocks, rows - 1)));
        long start = System.nanoTime();
        loaded.run(batch);
        return (System.nanoTime() - start) / 1e6;
    }

    private KernelReport.Step report(String name, int depth, int rows, Samples samples) {
        KernelReport.Limits limits = new KernelReport.Limits(
                Spread.median(samples.reads),
                Optional.of(Spread.median(samples.int8)).filter(rate -> rate > 0),
                1e3 * Spread.median(samples.floats));
        double all = samples.nanos.values().stream().mapToDouble(Spread::median).sum();
        List<KernelReport.Kernel> kernels = new ArrayList<>();
        samples.entries.forEach((kernel, entry) -> {
            double nanos = Spread.median(samples.nanos.getOrDefault(kernel, List.of()));
            kernels.add(work(entry.cost(), depth, head.contains(kernel) ? 1 : rows)
                    .took(entry.name(), entry.calls(), nanos, nanos / all, limits));
        });
        return new KernelReport.Step(
                name,
                rows,
                Spread.of(samples.whole).orElseThrow(),
                all / 1e6,
                kernels.stream()
                        .mapToDouble(KernelReport.Kernel::leastMilliseconds)
                        .sum(),
                limits,
                kernels);
    }

    private KernelWork work(Cost cost, int depth, int rows) {
        return KernelWork.of(cost, work.packing(), work.elementBytes(), depth, rows);
    }
}
