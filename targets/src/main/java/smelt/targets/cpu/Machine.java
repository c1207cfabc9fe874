package smelt.targets.cpu;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The machine as this process may use it. What the system does not tell is empty, never guessed.
 *
 * @param cpu its name
 * @param logicalCpus hardware threads that are online
 * @param allowedCpus those that this process may run on (affinity, cpuset)
 * @param physicalCores cores behind the allowed ones; hyperthreads of one core count once
 * @param cpuQuota cores' worth of time that the control groups grant; empty where there is no limit
 * @param numaNodes memory nodes
 * @param caches of the CPU, by level
 * @param memoryTotal bytes of the machine
 * @param memoryAvailable bytes that can be had without swapping
 * @param memoryLimit bytes that the control groups grant this process; empty where there is no limit
 * @param hugePages mode of transparent huge pages: {@code always}, {@code madvise} or {@code never}
 */
public record Machine(
        String cpu,
        Architecture architecture,
        int logicalCpus,
        int allowedCpus,
        int physicalCores,
        OptionalDouble cpuQuota,
        int numaNodes,
        List<Cache> caches,
        long memoryTotal,
        long memoryAvailable,
        OptionalLong memoryLimit,
        Optional<String> hugePages) {

    /**
     * Caches of one kind.
     *
     * @param level 1 to 3 or 4
     * @param type {@code data}, {@code instruction} or {@code unified}
     * @param bytes of one of them
     * @param count of them in the machine
     */
    public record Cache(int level, String type, long bytes, int count) {}

    public Machine {
        caches = List.copyOf(caches);
    }

    /** This machine, now. */
    public static Machine detect() {
        return new MachineFiles(Path.of("/")).read();
    }

    /**
     * How many threads a step should use: one for each physical core that the process may use, no more than its share
     * of time. Siblings on one core slow each other down.
     */
    public int threads() {
        return threads(physicalCores, cpuQuota);
    }

    /** {@link #threads} of this machine, now; some 10 times as fast as {@link #detect}. */
    public static int usualThreads() {
        return new MachineFiles(Path.of("/")).threads();
    }

    /** Bytes that can be had now without swapping: {@link #memoryAvailable}, at most {@link #memoryLimit}. */
    public static long usableMemory() {
        return new MachineFiles(Path.of("/")).usableMemory();
    }

    static int threads(int cores, OptionalDouble quota) {
        return Math.max(1, (int) Math.min(cores, Math.floor(quota.orElse(cores))));
    }
}
