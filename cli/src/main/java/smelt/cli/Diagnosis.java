package smelt.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import smelt.base.Failure;
import smelt.base.Option;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuUse;
import smelt.targets.cpu.HugePages;
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
 * @param threads that a step will use, at most
 * @param hugePagesGranted part of memory asked for just now that is in huge pages, 0 to 1; empty where it is not told
 * @param coresUsed by others while this was measured; empty where it was not, or is not told
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
        OptionalDouble hugePagesGranted,
        Optional<CpuUse.Cores> coresUsed,
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

    /** Looks around and, if {@code measuring} is longer than nothing, measures for that long. */
    static Diagnosis make(Duration measuring) {
        Findings findings = new Findings();
        Machine machine = Machine.detect();
        OptionalDouble granted = HugePages.granted();
        CpuFeatures features = CpuFeatures.host();
        Optional<String> llvm = attempt(findings, () -> {
            try (LlvmCompiler compiler = LlvmCompiler.load()) {
                return compiler.description();
            }
        });
        Optional<Tier> tier = attempt(findings, features::choose);
        boolean measured = !measuring.isZero() && llvm.isPresent() && tier.isPresent();
        Optional<CpuUse> before = CpuUse.now();
        List<MachineLimits> limits = measured
                ? attempt(findings, () -> measure(measuring, tier.get(), features, machine))
                        .orElse(List.of())
                : List.of();
        Optional<CpuUse.Cores> load = limits.isEmpty()
                ? Optional.empty()
                : before.flatMap(then -> CpuUse.now().map(now -> now.since(then)));
        load.ifPresent(use -> findings.load(use, machine));
        List<Findings.Int8> int8 = limits.stream()
                .map(found -> new Findings.Int8(found.tier().text(), MachineLimits.best(found.int8())))
                .toList();
        findings.tiers(features, Option.TIER.get(), tier, int8);
        findings.hugePages(machine, granted);
        findings.grants(machine);
        return new Diagnosis(
                Runtime.version().toString(),
                llvm,
                machine,
                machine.threads(),
                granted,
                load,
                tier.map(Tier::text),
                tiers(features),
                limits.stream().findFirst().map(Limits::of),
                findings.all());
    }

    /** Of the tier in use, and of the fastest one where that is another. */
    private static List<MachineLimits> measure(Duration budget, Tier tier, CpuFeatures features, Machine machine) {
        Tier fastest = features.available().getFirst();
        if (tier == fastest) {
            return List.of(MachineLimits.measure(budget, tier, machine));
        }
        Duration half = budget.dividedBy(2);
        return List.of(MachineLimits.measure(half, tier, machine), MachineLimits.measure(half, fastest, machine));
    }

    private static <T> Optional<T> attempt(Findings findings, Supplier<T> work) {
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
}
