package smelt.check.model;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that runs the command line on each file it is given and prints a line each: file, exit code, KiB by which
 * the process grew at its peak, its complaint.
 */
final class HostileFiles {
    private static final Path STATUS = Path.of("/proc/self/status");
    /** Writing 5 makes the peak start anew. */
    private static final Path PEAK = Path.of("/proc/self/clear_refs");

    private HostileFiles() {}

    public static void main(String[] files) throws IOException {
        for (String file : files) {
            Files.writeString(PEAK, "5");
            long before = kibibytes("VmRSS:");
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int code = smelt.cli.Main.run(
                    new PrintWriter(out), new PrintWriter(err), "run", file, "hi", "-n", "2", "--temperature", "0");
            long grown = kibibytes("VmHWM:") - before;
            String complaint = err.toString().strip().replace('\n', ' ');
            System.out.println(String.join("\t", file, Integer.toString(code), Long.toString(grown), complaint));
        }
    }

    private static long kibibytes(String field) throws IOException {
        List<String> lines = Files.readAllLines(STATUS);
        String line = lines.stream().filter(l -> l.startsWith(field)).findAny().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
