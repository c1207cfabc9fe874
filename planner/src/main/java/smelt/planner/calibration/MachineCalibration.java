package smelt.planner.calibration;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Figure;
import smelt.planner.catalogue.Precision;
import smelt.planner.catalogue.Tier;
import smelt.targets.cpu.CpuTarget;

/**
 * What was measured of a machine, so that models can be forecast on it.
 *
 * @param cpu its name
 * @param instructions tier of the kernels, by the name that {@code SMELT_TIER} has
 * @param threads of a step
 * @param cache how keys and values were kept, by the name that {@code --kv} has
 * @param memoryBytes that the machine has
 * @param readBytesPerSecond of memory beyond all caches
 * @param int8PerSecond operations; 0 where there are no dots of bytes
 * @param floatPerSecond operations
 * @param overheadBytes resident memory of the process beside the models
 * @param models that were measured
 */
public record MachineCalibration(
        String cpu,
        String instructions,
        int threads,
        String cache,
        LocalDate date,
        long memoryBytes,
        double readBytesPerSecond,
        double int8PerSecond,
        double floatPerSecond,
        long overheadBytes,
        List<String> models,
        List<KernelSample> kernels,
        List<StepSample> steps,
        List<EngineSample> engine,
        List<ReadRate> reads) {
    private static final int MOST_SAMPLES = 100_000;
    private static final int MOST_ROWS = 1 << 20;
    private static final double WATTS_PER_THREAD = 6;

    /** @throws Failure MALFORMED where a figure cannot be one */
    public MachineCalibration {
        models = List.copyOf(models);
        kernels = List.copyOf(kernels);
        steps = List.copyOf(steps);
        engine = List.copyOf(engine);
        reads = List.copyOf(reads);
        require(threads >= 1 && threads <= 1 << 16, "it has " + threads + " threads");
        require(memoryBytes > 0 && overheadBytes >= 0, "its memory is not positive");
        require(isTime(1 / readBytesPerSecond) && isTime(1 / floatPerSecond), "its rates are not positive");
        require(int8PerSecond >= 0 && int8PerSecond < 1e18, "its rate of bytes is " + int8PerSecond);
        require(!kernels.isEmpty() && !steps.isEmpty(), "it has no samples");
        require(isTier(instructions), "there are no kernels of tier " + instructions);
        require(isCache(cache), "there is no cache of type " + cache);
        require(
                kernels.size() + steps.size() + engine.size() + reads.size() <= MOST_SAMPLES,
                "it has too many samples");
        kernels.forEach(MachineCalibration::check);
        steps.forEach(MachineCalibration::check);
        reads.forEach(each ->
                require(each.bytes() >= 1 && each.bytes() < 1e18 && isTime(1 / each.bytesPerSecond()), "" + each));
        engine.forEach(each -> require(each.sequences() >= 1 && isTime(each.seconds()), "an engine's step: " + each));
    }

    private static void check(KernelSample sample) {
        check(sample.step());
        CallWork work = sample.work();
        require(isTime(sample.seconds()) && sample.workingSet() >= 1 && sample.workingSet() < 1e18, "" + sample);
        require(sample.calls() >= 1 && sample.spread() >= 0 && work.width() >= 1 && work.floats() < 1e15, "" + sample);
        for (CallWork.Matrix matrix : work.matrices()) {
            require(isType(matrix.type()), "there is no type " + matrix.type());
            require(matrix.bytes() >= 1 && matrix.stackedBytes() >= matrix.bytes() && matrix.outputs() >= 0, "" + work);
        }
    }

    private static void check(StepSample sample) {
        check(sample.step());
        require(
                isTime(sample.seconds()) && isTime(sample.kernelSeconds()) && sample.workingSet() >= 1,
                "a step: " + sample);
        require(sample.spread() >= 0 && sample.spread() < 1e6, "a step: " + sample);
    }

    private static void check(StepShape step) {
        require(
                step.sequences() >= 1
                        && step.rowsEach() >= 1
                        && step.depth() >= 0
                        && (long) step.sequences() * step.rowsEach() <= MOST_ROWS,
                "there is no step of " + step);
    }

    private static boolean isTime(double seconds) {
        return seconds > 0 && seconds < 1e6;
    }

    private static boolean isType(String name) {
        return Stream.of(DType.values()).anyMatch(type -> type.name().equals(name));
    }

    private static boolean isTier(String name) {
        return Stream.of(smelt.targets.cpu.Tier.values())
                .anyMatch(tier -> tier.name().equals(name));
    }

    private static boolean isCache(String name) {
        return Stream.of(CacheType.values()).anyMatch(type -> type.name().equals(name));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw Failure.of(FailureCode.MALFORMED, "The calibration cannot be right: " + otherwise)
                    .withNextStep("calibrate again: smelt plan calibrate");
        }
    }

    static Failure lacking(String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "The calibration has no samples of " + what)
                .withNextStep("calibrate again: smelt plan calibrate");
    }

    /** How steps of models are planned on this machine, whose tier has it. */
    public smelt.compiler.Tiling tiling() {
        return CpuTarget.tiling(smelt.targets.cpu.Tier.valueOf(instructions));
    }

    public CacheType cacheType() {
        return CacheType.valueOf(cache);
    }

    /**
     * Of products with a type of weights.
     *
     * @param nearBytesPerSecond packed, of one row, of a small model; {@code far}: from memory
     * @param operationsPerSecond of a prompt of 512 rows: a multiplication and an addition are two
     */
    public record Rate(String kind, double nearBytesPerSecond, double farBytesPerSecond, double operationsPerSecond) {}

    /** What the samples say of each type of weights. */
    public List<Rate> rates() {
        return KernelRates.fit(kernels, reads).products().rates();
    }

    /** This machine as the planner knows others, also named {@code this}. Its power is an estimate. */
    public Device device() {
        double arithmetic = Math.max(int8PerSecond, floatPerSecond);
        return new Device(
                cpu,
                List.of("this"),
                Device.Kind.CPU,
                Map.of(
                        Precision.F32, figure(floatPerSecond),
                        // f16 and bf16 are widened and multiplied as f32
                        Precision.BF16, figure(floatPerSecond),
                        Precision.INT8, figure(arithmetic)),
                figure(memoryBytes),
                figure(readBytesPerSecond),
                List.of(),
                new Figure(
                        threads * WATTS_PER_THREAD,
                        Tier.ESTIMATE,
                        "6 W a thread, as server processors; a catalogue file can say better",
                        date));
    }

    private Figure figure(double value) {
        return new Figure(value, Tier.MEASURED_BY_US, "smelt plan calibrate", date);
    }
}
