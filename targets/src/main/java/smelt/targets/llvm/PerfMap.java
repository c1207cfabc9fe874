package smelt.targets.llvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells {@code perf} the names of linked functions: lines of start, size (both hex) and name. */
final class PerfMap {
    private PerfMap() {}

    static void append(Map<String, Long> addresses, Map<String, Long> sizes) {
        Path file = Path.of("/tmp", "perf-" + ProcessHandle.current().pid() + ".map");
        String lines = addresses.entrySet().stream()
                .map(e -> Long.toHexString(e.getValue()) + " " + Long.toHexString(sizes.getOrDefault(e.getKey(), 0L))
                        + " smelt:" + e.getKey() + "\n")
                .collect(Collectors.joining());
        try {
            Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            System.err.println("smelt: " + file + " could not be written; perf will show addresses only");
        }
    }
}
