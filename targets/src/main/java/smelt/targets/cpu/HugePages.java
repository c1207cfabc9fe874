package smelt.targets.cpu;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.base.NativeMemory;

/**
 * Whether the system really gives huge pages. Its mode alone does not tell: memory may be in pieces, and a sandbox may
 * have switched them off for its processes (prctl PR_SET_THP_DISABLE).
 */
public final class HugePages {
    private static final long PROBE = 32L << 20;
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]{1,16})-([0-9a-f]{1,16}) .*");
    private static final Pattern FIELD = Pattern.compile("(Rss|AnonHugePages):\\s+(\\d+) kB");

    private HugePages() {}

    /** Which part of memory asked for and written just now is in huge pages, 0 to 1; empty where it is not told. */
    public static OptionalDouble granted() {
        try (NativeMemory probe = NativeMemory.allocate(PROBE, "a look at huge pages")) {
            MemorySegment memory = probe.segment().fill((byte) 1);
            return share(Files.readAllLines(Path.of("/proc/self/smaps")), memory.address());
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    /** Of the mapping that holds {@code address}, by the lines of {@code /proc/self/smaps}. */
    static OptionalDouble share(List<String> smaps, long address) {
        boolean inside = false;
        long resident = 0;
        long huge = 0;
        for (String line : smaps) {
            Matcher mapping = MAPPING.matcher(line);
            Matcher field = FIELD.matcher(line);
            if (mapping.matches()) {
                long begin = Long.parseUnsignedLong(mapping.group(1), 16);
                long end = Long.parseUnsignedLong(mapping.group(2), 16);
                inside = Long.compareUnsigned(begin, address) <= 0 && Long.compareUnsigned(address, end) < 0;
            } else if (inside && field.matches()) {
                long kilobytes = MachineFiles.parse(field.group(2)).orElse(0);
                if (field.group(1).equals("Rss")) {
                    resident = kilobytes;
                } else {
                    huge = kilobytes;
                }
            }
        }
        return resident == 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.min(1, (double) huge / resident));
    }
}
