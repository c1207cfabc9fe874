package smelt.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Engine;
import smelt.engine.Metrics;
import smelt.engine.Settings;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.planner.calibration.EngineSample;
import smelt.planner.calibration.MachineForecast;
import smelt.planner.calibration.Scenarios;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.targets.cpu.CpuTarget;

/**
 * What smelt takes to run a model: the engine's time for a step, and the process's memory when it was done.
 *
 * @param modelBytes of the memory, the model's own as its header tells it
 * @param residentBytes of the process, without pages of files
 */
public record EngineCost(List<EngineSample> samples, long modelBytes, long residentBytes) {
    private static final int OUTPUT = 64;
    /** Java is slow at first. */
    private static final int WARM_UPS = 4;

    private static final Duration LIMIT = Duration.ofMinutes(5);

    public EngineCost {
        samples = List.copyOf(samples);
    }

    /**
     * Measures it in a process of its own, which nothing else has used.
     *
     * @param command that prints {@link #measure}'s result as JSON in snake_case
     * @throws Failure UNAVAILABLE where the command fails
     */
    public static EngineCost of(List<String> command) {
        PeerProcess.run(command, LIMIT); // the first one may compile kernels, which takes memory
        PeerProcess process = PeerProcess.run(command, LIMIT);
        String json = process.output();
        List<EngineSample> samples = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Optional<Double> sequences = PeerProcess.number(json, "/samples/" + i + "/sequences");
            Optional<Double> seconds = PeerProcess.number(json, "/samples/" + i + "/seconds");
            sequences.ifPresent(
                    users -> seconds.ifPresent(each -> samples.add(new EngineSample(users.intValue(), each))));
        }
        return new EngineCost(samples, bytes(process, "/model_bytes"), bytes(process, "/resident_bytes"));
    }

    private static long bytes(PeerProcess process, String name) {
        return PeerProcess.number(process.output(), name)
                .orElseThrow(() -> Failure.of(FailureCode.UNAVAILABLE, "Measuring the engine " + process.ending()))
                .longValue();
    }

    /** Of Java and all that is not the model. */
    long overheadBytes() {
        return Math.max(0, residentBytes - modelBytes);
    }

    /**
     * Runs a model as the benchmark runs models; before anything else, as what was closed leaves traces.
     *
     * @param plan the first of its models is run, a small one of random weights where it names none
     */
    public static EngineCost measure(CalibrationRun.Plan plan) {
        Optional<Path> named = plan.models().values().stream().findFirst();
        return named.map(path -> measure(ModelFiles.open(path), 0, plan)).orElseGet(() -> {
            ModelFile small = CalibrationRun.smallModel(plan);
            return measure(small, small.bytes(), plan);
        });
    }

    /** @param heldBytes of the file, which are no pages of files */
    private static EngineCost measure(ModelFile file, long heldBytes, CalibrationRun.Plan plan) {
        Host host = Host.detect();
        LoadOptions options = Scenarios.USUAL.options(plan.threads(), plan.cache());
        ModelGraph graph = Models.build(file, new Models.Options(options.contextLength()));
        CpuTarget target = CpuTarget.start(host.tier(), plan.threads());
        LoadPlan loading = LoadPlan.of(graph, options, target);
        OpenModel loaded = new OpenModel(Model.load(file, loading, target), graph, file);
        List<EngineSample> samples = new ArrayList<>();
        try (Engine engine = new Engine(loaded, null, Settings.DEFAULT)) {
            EngineRun run = new EngineRun(engine, plan.seed());
            long deadline = System.nanoTime() + plan.budget().toNanos();
            int users = Scenarios.USUAL.users();
            run.rate(new Scenario.Prefill(Scenarios.USUAL.prompt()), deadline);
            run.rate(new Scenario.Decode(OUTPUT, Scenarios.USUAL.depth()), deadline);
            for (int i = 0; i < WARM_UPS; i++) {
                run.rate(new Scenario.Decode(2 * OUTPUT, 8), deadline);
            }
            samples.add(sample(engine, 1, () -> run.rate(new Scenario.Decode(OUTPUT, 8), deadline)));
            samples.add(sample(engine, users, () -> run.rate(new Scenario.Crowd(users, 2 * OUTPUT, OUTPUT), deadline)));
            System.gc();
            long model = MachineForecast.residentBytes(loading, users) + heldBytes;
            long resident = ResidentMemory.now()
                    .map(memory -> memory.total() - memory.ofFiles())
                    .orElse(model);
            return new EngineCost(samples, model, resident);
        }
    }

    /** @param work almost all of whose steps are of so many sequences */
    private static EngineSample sample(Engine engine, int sequences, Runnable work) {
        Metrics before = engine.metrics();
        work.run();
        Metrics after = engine.metrics();
        double nanos = after.ownNanos() - before.ownNanos();
        long steps = Math.max(1, after.steps() - before.steps());
        return new EngineSample(sequences, Math.max(1, nanos / steps) / 1e9);
    }
}
