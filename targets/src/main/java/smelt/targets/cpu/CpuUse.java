package smelt.targets.cpu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long the CPUs have worked, and for whom, up to some moment.
 *
 * @param nanoTime of the moment
 * @param others seconds of core time of all processes but this one and its children
 * @param stolen seconds of core time that the host took from this virtual machine
 */
public record CpuUse(long nanoTime, double others, double stolen) {
    /** Of the counters in {@code /proc/stat}, on every Linux. */
    private static final double TICKS_PER_SECOND = 100;
    /** Fields of the first line: cpu user nice system idle iowait irq softirq steal. */
    private static final int STEAL = 8;

    /** Cores, on average between two moments. */
    public record Cores(double others, double stolen) {}

    /** Now; empty where the system does not tell. */
    public static Optional<CpuUse> now() {
        return new MachineFiles(Path.of("/")).text("proc/stat").flatMap(text -> parse(text, ownSeconds()));
    }

    static Optional<CpuUse> parse(String stat, double ownSeconds) {
        String[] fields = stat.lines().findFirst().orElse("").split(" +");
        if (fields.length <= STEAL || !fields[0].equals("cpu")) {
            return Optional.empty();
        }
        double[] seconds = Stream.of(fields)
                .mapToDouble(field -> MachineFiles.parse(field).orElse(0) / TICKS_PER_SECOND)
                .toArray();
        double busy = seconds[1] + seconds[2] + seconds[3];
        return Optional.of(new CpuUse(System.nanoTime(), busy - ownSeconds, seconds[STEAL]));
    }

    private static double ownSeconds() {
        ProcessHandle own = ProcessHandle.current();
        return Stream.concat(Stream.of(own), own.descendants())
                .mapToDouble(process ->
                        process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3)
                .sum();
    }

    /** Since an earlier moment; never negative. */
    public Cores since(CpuUse before) {
        double seconds = Math.max(1, nanoTime - before.nanoTime) / 1e9;
        return new Cores(Math.max(0, others - before.others) / seconds, Math.max(0, stolen - before.stolen) / seconds);
    }
}
