package smelt.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Engine;
import smelt.engine.Settings;
import smelt.engine.Usage;
import smelt.runtime.OpenModel;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.LimitProbe;

/**
 * Measures how speed grows: prefill with the length of the prompt, decode with what is before it, both with the number
 * of threads. Everything takes turns on one loaded model.
 */
public final class Growth {
    private static final List<Integer> LENGTHS = List.of(128, 512, 2048, 4096);
    private static final int OUTPUT = 32;
    private static final int SHORT_OUTPUT = 64;
    private static final int THREADS_PROMPT = 512;
    private static final int PROBES = 3;

    private final Plan plan;
    private final Consumer<String> progress;
    private final long begin = System.nanoTime();
    private final CpuTarget target;
    private final LimitProbe probe;
    private final Work work;
    private final EngineRun runs;
    private final TreeMap<Integer, Samples> lengths = new TreeMap<>();
    private final TreeMap<Integer, Samples> threads = new TreeMap<>();

    /** Of one length or number of threads, by round. */
    private static final class Samples {
        final List<Double> prefill = new ArrayList<>();
        final List<Double> decode = new ArrayList<>();
        final List<Double> reads = new ArrayList<>();
        final List<Double> int8 = new ArrayList<>();
    }

    private Growth(
            Plan plan, CpuTarget target, LimitProbe probe, Work work, EngineRun runs, Consumer<String> progress) {
        this.plan = plan;
        this.target = target;
        this.probe = probe;
        this.work = work;
        this.runs = runs;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param plan its lengths are not looked at
     * @param progress hears what is being done
     * @throws Failure as loading a model does; LIMIT_EXCEEDED where not even the shortest prompt fits it; UNAVAILABLE
     *     where the time was up before the first round was done
     */
    public static GrowthReport run(String name, Path file, Plan plan, Consumer<String> progress) {
        progress.accept("loading " + name);
        int trained = Subject.trainedContext(file);
        List<Integer> lengths =
                LENGTHS.stream().filter(n -> n + OUTPUT + 1 <= trained).toList();
        if (lengths.isEmpty()) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "A prompt of " + LENGTHS.getFirst() + " tokens does not fit the model's context of " + trained);
        }
        int context = Math.max(lengths.getLast() + OUTPUT + 1, Plan.SHORT_PROMPT + SHORT_OUTPUT + 1);
        Host host = Host.detect();
        CpuTarget target = CpuTarget.startFixed(host.tier(), plan.threads());
        OpenModel loaded = Subject.load(file, () -> target, context, context, plan.cache());
        Work work = Work.of(loaded);
        try (Engine engine = new Engine(loaded, null, Settings.DEFAULT);
                LimitProbe probe = host.probe(plan.threads())) {
            var growth = new Growth(plan, target, probe, work, new EngineRun(engine, plan.seed()), progress);
            growth.measure(lengths);
            return growth.report(name, host, trained);
        }
    }

    private static List<Integer> counts(int most) {
        TreeSet<Integer> counts = new TreeSet<>(List.of(1, most));
        for (int n = 2; n < most; n *= 2) {
            counts.add(n);
        }
        return List.copyOf(counts);
    }

    private void measure(List<Integer> fitting) {
        for (int round = 1; round <= plan.repeat(); round++) {
            String where = "round " + round + " of " + plan.repeat() + ": ";
            for (int length : fitting) {
                measure(round, where + length + " tokens", () -> measureLength(length));
            }
            for (int count : counts(plan.threads())) {
                measure(round, where + threads(count), () -> measureThreads(count, fitting.getLast()));
            }
        }
    }

    /** The first round is measured to its end: growth needs all points. */
    private void measure(int round, String what, Runnable measuring) {
        if (round == 1 || System.nanoTime() - begin < plan.budget().toNanos()) {
            progress.accept(what);
            measuring.run();
        }
    }

    private static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    private long deadline() {
        return begin + 2 * plan.budget().toNanos();
    }

    private void measureLength(int length) {
        Samples of = lengths.computeIfAbsent(length, n -> new Samples());
        probe(of, plan.threads());
        Usage usage = runs.one(length, OUTPUT + 1, deadline());
        probe(of, plan.threads());
        of.prefill.add(usage.prefillTokensPerSecond());
        of.decode.add(1e3 / usage.decodeTokensPerSecond());
    }

    private void measureThreads(int count, int longest) {
        Samples of = threads.computeIfAbsent(count, n -> new Samples());
        int prompt = Math.min(THREADS_PROMPT, longest);
        target.useThreads(count);
        probe(of, count);
        of.prefill.add(runs.rate(new Scenario.Prefill(prompt), deadline()));
        of.decode.add(runs.rate(new Scenario.Decode(SHORT_OUTPUT, Plan.SHORT_PROMPT), deadline()));
        probe(of, count);
        target.useThreads(plan.threads());
    }

    private void probe(Samples of, int count) {
        of.reads.add(Spread.median(IntStream.range(0, PROBES)
                .mapToObj(i -> probe.memoryRead(count))
                .toList()));
        of.int8.add(Spread.median(
                IntStream.range(0, PROBES).mapToObj(i -> probe.int8(count)).toList()));
    }

    private GrowthReport report(String name, Host host, int trained) {
        List<String> remarks = new ArrayList<>();
        LENGTHS.stream()
                .filter(length -> !lengths.containsKey(length))
                .forEach(length -> remarks.add(
                        "A prompt of " + length + " tokens does not fit the model's context of " + trained));
        remarks.addAll(host.remarks(plan.threads(), work.weightBytes()));
        return new GrowthReport(
                name,
                host.machine().cpu(),
                host.tier().text(),
                plan.threads(),
                plan.repeat(),
                plan.seed(),
                prompts(),
                byThreads(),
                remarks,
                (System.nanoTime() - begin) / 1e9);
    }

    private List<GrowthReport.Prompt> prompts() {
        List<Line.Point> points = new ArrayList<>();
        lengths.forEach((length, of) ->
                points.add(new Line.Point(work.attentionOperations(length), 1e3 / Spread.median(of.prefill))));
        Line line = Line.through(points);
        List<GrowthReport.Prompt> prompts = new ArrayList<>();
        lengths.forEach((length, of) -> prompts.add(prompt(length, of, line)));
        return prompts;
    }

    private GrowthReport.Prompt prompt(int length, Samples of, Line line) {
        Spread prefill = Spread.of(of.prefill).orElseThrow();
        Spread decode = Spread.of(of.decode).orElseThrow();
        double operations = work.attentionOperations(length);
        double bytes = work.decodeBytes(1, length + OUTPUT / 2.0);
        double least = bytes / 1e6 / Spread.median(of.reads);
        return new GrowthReport.Prompt(
                length,
                prefill,
                1e3 * length / prefill.median(),
                length * line.at(operations),
                line.slope() * operations / line.at(operations),
                decode,
                (long) bytes,
                least,
                least / decode.median());
    }

    private List<GrowthReport.Threads> byThreads() {
        Samples one = threads.firstEntry().getValue();
        List<GrowthReport.Threads> all = new ArrayList<>();
        threads.forEach((count, of) -> all.add(new GrowthReport.Threads(
                count,
                Spread.of(of.prefill).orElseThrow(),
                ratio(of.prefill, one.prefill),
                ratio(of.int8, one.int8),
                Spread.of(of.decode).orElseThrow(),
                ratio(of.decode, one.decode),
                ratio(of.reads, one.reads))));
        return all;
    }

    /** The median of what was measured in the same rounds; 0 where there is nothing to compare with. */
    static double ratio(List<Double> those, List<Double> ones) {
        return Spread.median(IntStream.range(0, Math.min(those.size(), ones.size()))
                .filter(i -> ones.get(i) > 0)
                .mapToObj(i -> those.get(i) / ones.get(i))
                .toList());
    }
}
