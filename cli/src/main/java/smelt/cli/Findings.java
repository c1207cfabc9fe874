package smelt.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import smelt.base.Option;
import smelt.store.Sizes;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuUse;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.Tier;

/** What holds a machine back: each a sentence on what is lost, and one on what to do. */
final class Findings {
    /** Cores of others, above which measured limits mean little. */
    private static final double NEIGHBOURS = 0.25;

    private static final double STOLEN = 0.1;
    /** A smaller part of memory in huge pages is felt. */
    private static final double MOSTLY = 0.8;
    /** Below it the system and a small model do not fit side by side. */
    private static final long LITTLE_MEMORY = 1L << 30;

    private final List<String> all = new ArrayList<>();

    List<String> all() {
        return List.copyOf(all);
    }

    void add(String finding) {
        all.add(finding);
    }

    private void add(String format, Object... values) {
        all.add(String.format(Locale.ROOT, format, values));
    }

    /** Who else uses the machine. */
    void load(CpuUse.Cores use, Machine machine) {
        if (use.others() > NEIGHBOURS) {
            add(
                    "Other programs use %.1f of %d cores now: what is measured here is what they leave. smelt answers"
                            + " with fewer threads while that is faster; end them to have the whole machine.",
                    use.others(), machine.allowedCpus());
        }
        if (use.stolen() > STOLEN) {
            add(
                    "The host of this virtual machine takes %.1f of %d cores away for others. Nothing in here can"
                            + " change that: ask for dedicated cores.",
                    use.stolen(), machine.allowedCpus());
        }
    }

    /**
     * Which instructions are not used.
     *
     * @param wanted value of SMELT_TIER
     * @param int8 measured with the tier in use, and with the fastest one where that is another
     */
    void tiers(CpuFeatures features, String wanted, Optional<Tier> tier, List<Int8> int8) {
        String denied = features.reasons().get(Tier.AMX);
        if (denied != null && features.features().containsAll(Tier.AMX.features())) {
            add("The CPU has AMX, but " + denied + ". Prompts are read with vnni instead, several times slower;"
                    + " answers come as fast. Allow arch_prctl in the sandbox, or take Linux 5.16 or newer.");
        }
        if (tier.isPresent() && !wanted.equals(Option.TIER.defaultValue())) {
            String cost = int8.size() < 2
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            " It does %.2f TOPS of int8, %s would do %.2f: prompts are read slower.",
                            int8.get(0).tops(),
                            int8.get(1).tier(),
                            int8.get(1).tops());
            add("SMELT_TIER forces " + wanted + "." + cost + " Unset it to use the fastest instructions.");
        }
    }

    /** Rate of int8 dots on a tier, in 10^12 operations a second. */
    record Int8(String tier, double tops) {}

    /** Memory in large pieces. */
    void hugePages(Machine machine, OptionalDouble granted) {
        String file = "/sys/kernel/mm/transparent_hugepage/enabled";
        if (machine.hugePages().filter("never"::equals).isPresent()) {
            add("Huge pages are off, which costs about a tenth of the memory's speed. Let an administrator write"
                    + " madvise into " + file + " (for containers: of the host).");
        } else if (granted.isPresent() && granted.getAsDouble() < MOSTLY) {
            add(
                    "The system promises huge pages, but gave them to only %.0f%% of the memory just asked for, which"
                            + " costs up to a tenth of its speed. Memory in pieces: write 1 into"
                            + " /proc/sys/vm/compact_memory or restart the machine. Switched off for this process: run"
                            + " it outside that sandbox.",
                    100 * granted.getAsDouble());
        }
    }

    /** Cores and bytes that the system keeps from this process. */
    void grants(Machine machine) {
        double quota = machine.cpuQuota().orElse(Double.MAX_VALUE);
        if (quota < machine.physicalCores()) {
            add(
                    "The control group grants the time of %.1f of %d cores, so steps use %d %s:"
                            + " more would be stopped in turns. Raise its limit (docker --cpus, limits.cpu of"
                            + " Kubernetes, CPUQuota of systemd).",
                    quota, machine.physicalCores(), machine.threads(), machine.threads() == 1 ? "thread" : "threads");
        }
        if (machine.allowedCpus() < machine.logicalCpus()) {
            add(
                    "This process may run on %d of %d hardware threads. Start it without taskset, or widen the cpuset.",
                    machine.allowedCpus(), machine.logicalCpus());
        }
        if (machine.memoryAvailable() > 0 && machine.memoryAvailable() < LITTLE_MEMORY) {
            add("Only " + Sizes.text(machine.memoryAvailable()) + " of memory are free: larger models do not fit.");
        }
    }
}
