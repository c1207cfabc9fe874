package smelt.cli;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import smelt.base.Failure;
import smelt.base.Option;
import smelt.store.Sizes;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.MachineLimits;
import smelt.targets.cpu.Tier;
import smelt.targets.llvm.LlvmCompiler;

/**
 * What {@code smelt doctor} found.
 *
 * @param java version of the running Java
 * @param llvm version and file; empty where it cannot be loaded
 * @param machine as the system describes it
 * @param threads that a step will use
 * @param tier instruction set that kernels will use; empty where none can
 * @param tiers of this architecture, those that run here first, the fastest first
 * @param limits measured now; empty where that was not asked for or failed
 * @param findings what is missing or slows this machine down, with what to do about it
 */
record Diagnosis(
        String java,
        Optional<String> llvm,
        Machine machine,
        int threads,
        Optional<String> tier,
        List<TierState> tiers,
        Optional<Limits> limits,
        List<String> findings) {

    /** Whether a tier runs here, and if not, why. */
    record TierState(String tier, boolean available, Optional<String> reason) {}

    /** Measured limits; the rates per number of threads below their best. */
    record Limits(
            String tier,
            double gigahertz,
            double memoryReadGbPerSecond,
            double int8Tops,
            double f32Tflops,
            List<MachineLimits.Rate> memoryRead,
            List<MachineLimits.Rate> int8,
            List<MachineLimits.Rate> f32) {
        static Limits of(MachineLimits measured) {
            return new Limits(
                    measured.tier().text(),
                    measured.gigahertz(),
                    MachineLimits.best(measured.memoryRead()),
                    MachineLimits.best(measured.int8()),
                    MachineLimits.best(measured.f32()),
                    measured.memoryRead(),
                    measured.int8(),
                    measured.f32());
        }
    }

    /** Running programs for each hardware thread, above which measured limits mean little. */
    private static final double BUSY = 0.75;
    /** Below it the system and a small model do not fit side by side. */
    private static final long LITTLE_MEMORY = 1L << 30;

    /** Looks around and, if {@code measuring} is longer than nothing, measures for that long. */
    static Diagnosis make(Duration measuring) {
        List<String> findings = new ArrayList<>();
        Machine machine = Machine.detect();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        if (load > machine.allowedCpus() * BUSY) {
            findings.add("Other programs keep this machine busy (" + load + " running on " + machine.allowedCpus()
                    + " hardware threads); what is measured now is what they leave");
        }
        CpuFeatures features = CpuFeatures.host();
        Optional<String> llvm = attempt(findings, () -> {
            try (LlvmCompiler compiler = LlvmCompiler.load()) {
                return compiler.description();
            }
        });
        Optional<Tier> tier = attempt(findings, features::choose);
        Optional<Limits> limits = measuring.isZero() || llvm.isEmpty() || tier.isEmpty()
                ? Optional.empty()
                : attempt(findings, () -> Limits.of(MachineLimits.measure(measuring, tier.get(), machine)));
        judge(machine, features, findings);
        return new Diagnosis(
                Runtime.version().toString(),
                llvm,
                machine,
                machine.threads(),
                tier.map(Tier::text),
                tiers(features),
                limits,
                List.copyOf(findings));
    }

    private static <T> Optional<T> attempt(List<String> findings, Supplier<T> work) {
        try {
            return Optional.of(work.get());
        } catch (Failure e) {
            findings.add(e.toString());
            return Optional.empty();
        }
    }

    private static List<TierState> tiers(CpuFeatures features) {
        List<TierState> states = new ArrayList<>();
        features.available().forEach(tier -> states.add(new TierState(tier.text(), true, Optional.empty())));
        features.reasons().forEach((tier, why) -> states.add(new TierState(tier.text(), false, Optional.of(why))));
        return states;
    }

    private static void judge(Machine machine, CpuFeatures features, List<String> findings) {
        String denied = features.reasons().get(Tier.AMX);
        if (denied != null && features.features().containsAll(Tier.AMX.features())) {
            findings.add("The CPU has AMX, but " + denied + "; kernels use vnni instead");
        }
        if (!Option.TIER.get().equals(Option.TIER.defaultValue())) {
            findings.add("SMELT_TIER forces " + Option.TIER.get() + "; unset it to use the fastest instruction set");
        }
        if (machine.hugePages().filter("never"::equals).isPresent()) {
            findings.add("Huge pages are off, which costs a tenth of the memory's speed: write madvise into"
                    + " /sys/kernel/mm/transparent_hugepage/enabled");
        }
        if (machine.cpuQuota().orElse(Double.MAX_VALUE) < machine.physicalCores()) {
            findings.add(
                    "The control group grants the time of " + machine.cpuQuota().getAsDouble() + " of "
                            + machine.physicalCores() + " cores; steps use " + machine.threads() + " threads");
        }
        if (machine.allowedCpus() < machine.logicalCpus()) {
            findings.add("This process may run on " + machine.allowedCpus() + " of " + machine.logicalCpus()
                    + " hardware threads (taskset or cpuset)");
        }
        if (machine.memoryAvailable() > 0 && machine.memoryAvailable() < LITTLE_MEMORY) {
            findings.add("Only " + Sizes.text(machine.memoryAvailable()) + " of memory are free");
        }
    }
}
