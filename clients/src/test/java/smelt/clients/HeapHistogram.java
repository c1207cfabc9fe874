package smelt.clients;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/** What is reachable in this process after a full collection, by class: tells what grew where memory did. */
record HeapHistogram(Map<String, Long> bytes) {
    private static final int SHOWN = 12;
    /** What connections that were just closed take to go. */
    private static final long QUIET_MILLIS = 500;

    static HeapHistogram now() throws InterruptedException {
        Thread.sleep(QUIET_MILLIS);
        try {
            Object[] arguments = {new String[0]};
            String[] types = {String[].class.getName()};
            var name = new ObjectName("com.sun.management:type=DiagnosticCommand");
            Object table =
                    ManagementFactory.getPlatformMBeanServer().invoke(name, "gcClassHistogram", arguments, types);
            return of(String.valueOf(table));
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param table lines of number, instances, bytes and class, as {@code jcmd PID GC.class_histogram} prints them */
    static HeapHistogram of(String table) {
        Map<String, Long> bytes = new HashMap<>();
        table.lines()
                .map(String::strip)
                .filter(line -> line.matches("\\d+:\\s+\\d+\\s+\\d+\\s.*"))
                .forEach(line -> {
                    String[] columns = line.split("\\s+", 5);
                    bytes.merge(columns[3], Long.parseLong(columns[2]), Long::sum);
                });
        return new HeapHistogram(bytes);
    }

    /** The classes that take most more than before, in KiB. */
    List<String> grownSince(HeapHistogram before) {
        record Growth(String name, long bytes) {}
        return bytes.entrySet().stream()
                .map(entry ->
                        new Growth(entry.getKey(), entry.getValue() - before.bytes.getOrDefault(entry.getKey(), 0L)))
                .filter(growth -> growth.bytes() >= 1024)
                .sorted(Comparator.comparingLong(Growth::bytes).reversed())
                .limit(SHOWN)
                .map(growth -> growth.name() + " +" + growth.bytes() / 1024)
                .toList();
    }
}
