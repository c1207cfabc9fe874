package smelt.base;

import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** The ladder of insight: lines on standard error, as many as {@link Option#DEBUG} asks for. */
public final class Trace {
    /** Devices, and what start-up spent its time on. */
    public static final int DEVICES = 1;

    /** Time of each kernel. */
    public static final int TIMES = 2;

    /** Choices made and why. */
    public static final int CHOICES = 3;

    private Trace() {}

    public static boolean shows(int level) {
        return Option.DEBUG.get() >= level;
    }

    public static void print(int level, Supplier<String> line) {
        if (shows(level)) {
            System.err.println("smelt: " + line.get());
        }
    }

    /** Runs {@code work} and tells at level {@link #DEVICES} how long it took and when it ended. */
    public static <T> T timed(String what, Supplier<T> work) {
        if (!shows(DEVICES)) {
            return work.get();
        }
        long start = System.nanoTime();
        T result = work.get();
        double took = (System.nanoTime() - start) / 1e6;
        long end = ManagementFactory.getRuntimeMXBean().getUptime(); // of the Java machine
        print(DEVICES, () -> String.format("%s took %.1f ms, until %d ms", what, took, end));
        return result;
    }
}
