package smelt.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.LimitProbe;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.MachineLimits;
import smelt.targets.cpu.Tier;

/**
 * What everything is measured on.
 *
 * @param tier instruction set that is measured
 */
record Host(Machine machine, Tier tier) {
    /** A sweep beyond every cache. */
    private static final Duration FULL_SWEEP = Duration.ofSeconds(4);
    /** Running programs beside this one's threads, above which figures mean little by themselves. */
    private static final double BUSY = 1;

    static Host detect() {
        return new Host(Machine.detect(), CpuFeatures.host().choose());
    }

    /** Ready to measure: its memory is touched. */
    LimitProbe probe(int threads) {
        LimitProbe probe = LimitProbe.open(tier, threads, MachineLimits.sweepBytes(machine, FULL_SWEEP));
        probe.memoryRead();
        return probe;
    }

    /**
     * What to know when reading figures.
     *
     * @param weightBytes that a token reads
     */
    List<String> remarks(int threads, double weightBytes) {
        List<String> remarks = new ArrayList<>();
        long cache = machine.caches().stream()
                .mapToLong(level -> level.bytes() * level.count())
                .max()
                .orElse(0);
        if (weightBytes < cache) {
            remarks.add("The weights (" + ((long) weightBytes >> 20) + " MiB) fit the last cache (" + (cache >> 20)
                    + " MiB): decode can be faster than memory, whose rate is no limit to it then");
        }
        busy(threads).ifPresent(remarks::add);
        return remarks;
    }

    /** That other programs ran beside {@code threads}. */
    Optional<String> busy(int threads) {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load <= threads + BUSY
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "Other programs ran beside this one (load %.1f on %d hardware threads): compare ratios only",
                        load,
                        machine.allowedCpus()));
    }
}
