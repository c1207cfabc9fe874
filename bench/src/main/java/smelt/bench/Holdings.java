package smelt.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import smelt.base.NativeMemory;

/**
 * What this process holds at one moment, after its garbage was collected.
 *
 * @param residentBytes memory that is not a file's: Java's heap and code, our own, everybody's; 0 where nobody tells
 * @param heapBytes of live Java objects
 * @param nativeBytes of our own memory outside of the heap, touched or not
 * @param threads of Java
 * @param files that are open; 0 where nobody tells
 */
public record Holdings(long residentBytes, long heapBytes, long nativeBytes, long threads, long files) {
    static Holdings now() {
        System.gc();
        long resident = ResidentMemory.now()
                .map(memory -> memory.total() - memory.ofFiles())
                .orElse(0L);
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
        return new Holdings(
                resident,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                NativeMemory.allocatedBytes(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                files);
    }

    /** The median of each. */
    static Holdings median(List<Holdings> samples) {
        return of(samples, samples.size() / 2);
    }

    /** The least of each: what comes and goes is in none. */
    static Holdings least(List<Holdings> samples) {
        return of(samples, 0);
    }

    private static Holdings of(List<Holdings> samples, int rank) {
        return new Holdings(
                ranked(samples, rank, Holdings::residentBytes),
                ranked(samples, rank, Holdings::heapBytes),
                ranked(samples, rank, Holdings::nativeBytes),
                ranked(samples, rank, Holdings::threads),
                ranked(samples, rank, Holdings::files));
    }

    private static long ranked(List<Holdings> samples, int rank, ToLongFunction<Holdings> value) {
        return samples.stream()
                .map(value::applyAsLong)
                .sorted(Comparator.naturalOrder())
                .toList()
                .get(rank);
    }
}
