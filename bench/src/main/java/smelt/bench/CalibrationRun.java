package smelt.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.planner.calibration.KernelSample;
import smelt.planner.calibration.MachineCalibration;
import smelt.planner.calibration.ReadRate;
import smelt.planner.calibration.StepSample;
import smelt.targets.cpu.LimitProbe;
import smelt.targets.cpu.Machine;

/**
 * Times every kind of kernel on this machine, in steps of models that take turns: small ones of random weights, which
 * caches hold in part, a large one that comes from memory, and whatever models the user names. Rounds of all steps
 * follow each other until the time is up; what counts is nearly the fastest, as other users of the machine make all
 * else slower.
 */
public final class CalibrationRun implements AutoCloseable {
    /** Block types that most models have. */
    public static final List<DType> TYPES =
            List.of(DType.Q4_0, DType.Q4_1, DType.Q4_K, DType.Q5_0, DType.Q5_K, DType.Q6_K, DType.Q8_0, DType.F16);

    private static final RandomLlama.Shape SMALL = new RandomLlama.Shape(512, 1536, 8, 2, 32_768, 24, 4096);
    private static final RandomLlama.Shape LARGE = new RandomLlama.Shape(2048, 5632, 32, 8, 32_768, 2, 4096);
    private static final long SMALL_BYTES = 45 << 20;
    private static final int LEAST_LAYERS = 8;
    private static final List<Integer> READ_MEGABYTES = List.of(32, 64, 96, 128, 192, 256, 384, 512, 768);
    /** Of the memory that can be had, the large model takes at most this share. */
    private static final double MEMORY_SHARE = 0.3;
    /** Workers of the model before this one spin for less. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * What is measured.
     *
     * @param models to measure beside those of random weights, by name
     * @param budget after which no further round begins
     * @param rounds at most
     */
    public record Plan(Map<String, Path> models, int threads, CacheType cache, Duration budget, int rounds, long seed) {
        public Plan {
            models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
            if (threads < 1 || rounds < 1) {
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        rounds + " rounds and " + threads + " threads cannot be measured");
            }
        }

        /** Of random weights alone. */
        public Plan withoutModels() {
            return new Plan(Map.of(), threads, cache, budget, rounds, seed);
        }
    }

    private final Plan plan;
    private final Consumer<String> progress;
    private final Host host = Host.detect();
    private final List<CalibrationSubject> subjects = new ArrayList<>();
    private final Random random;
    private final List<Double> reads = new ArrayList<>();
    private final Map<Integer, List<Double>> again = new LinkedHashMap<>();
    private final List<Double> int8 = new ArrayList<>();
    private final List<Double> floats = new ArrayList<>();

    private CalibrationRun(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
        this.random = new Random(plan.seed());
    }

    /**
     * Measures this machine.
     *
     * @param engineCost the command that {@link EngineCost#of} runs
     * @param progress hears what is being done
     * @throws Failure as loading a model does; OUT_OF_RESOURCES where memory is short
     */
    public static MachineCalibration run(Plan plan, List<String> engineCost, Consumer<String> progress) {
        try (var run = new CalibrationRun(plan, progress)) {
            progress.accept("measuring the engine");
            EngineCost engine = EngineCost.of(engineCost);
            run.load();
            try (LimitProbe probe = run.host.probe(plan.threads())) {
                run.measure(probe, System.nanoTime() + plan.budget().toNanos());
            }
            return run.calibration(engine);
        }
    }

    /** Of one type, as most models are. */
    static ModelFile smallModel(Plan plan) {
        return new RandomLlama(SMALL.withTurns(LEAST_LAYERS), List.of(DType.Q4_0), DType.Q8_0, plan.seed());
    }

    /** A small model for each type: the processor is slow where it meets code anew. */
    private void load() {
        for (DType type : TYPES) {
            progress.accept("packing a small model of " + type);
            int layers = (int) Math.clamp(SMALL_BYTES / type.bytes(SMALL.layerWeights()), LEAST_LAYERS, SMALL.turns());
            add(new RandomLlama(SMALL.withTurns(layers), List.of(type), DType.Q8_0, plan.seed()));
        }
        long bytes = LARGE.layerWeights() * TYPES.size() * LARGE.turns();
        if (bytes < Machine.usableMemory() * MEMORY_SHARE) {
            progress.accept("packing a large model");
            add(new RandomLlama(LARGE, TYPES, DType.Q6_K, plan.seed()));
        }
        plan.models().forEach((name, path) -> {
            progress.accept("packing " + name);
            add(ModelFiles.open(path));
        });
    }

    private void add(ModelFile file) {
        CalibrationSubject subject = new CalibrationSubject(file, plan, host);
        subjects.add(subject);
        subject.fill(random);
    }

    private void measure(LimitProbe probe, long end) {
        for (int round = 1; round <= plan.rounds() && (round == 1 || System.nanoTime() < end); round++) {
            READ_MEGABYTES.forEach(size -> again.computeIfAbsent(size, key -> new ArrayList<>())
                    .add(probe.memoryReadAgain((long) size << 20)));
            for (int i = 0; i < subjects.size(); i++) {
                progress.accept("round " + round + ", model " + (i + 1) + " of " + subjects.size());
                reads.add(probe.memoryRead());
                int8.add(probe.int8());
                floats.add(probe.f32());
                LockSupport.parkNanos(PAUSE_NANOS);
                subjects.get(i).turn(random, round == 1 ? Long.MAX_VALUE : end);
            }
        }
    }

    private MachineCalibration calibration(EngineCost engine) {
        List<KernelSample> kernels = new ArrayList<>();
        List<StepSample> steps = new ArrayList<>();
        for (CalibrationSubject subject : subjects) {
            kernels.addAll(subject.steps().kernels());
            steps.addAll(subject.steps().steps());
        }
        return new MachineCalibration(
                host.machine().cpu(),
                host.tier().name(),
                plan.threads(),
                plan.cache().name(),
                LocalDate.now(ZoneOffset.UTC),
                host.machine().memoryTotal(),
                1e9 * best(reads),
                1e12 * best(int8),
                1e12 * best(floats),
                engine.overheadBytes(),
                List.copyOf(plan.models().keySet()),
                kernels,
                steps,
                engine.samples(),
                again.entrySet().stream()
                        .map(entry -> new ReadRate((double) (entry.getKey() << 20), 1e9 * best(entry.getValue())))
                        .toList());
    }

    private static double best(List<Double> rates) {
        return rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    @Override
    public void close() {
        subjects.forEach(CalibrationSubject::close);
    }
}
