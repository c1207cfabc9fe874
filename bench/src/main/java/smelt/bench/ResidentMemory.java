package smelt.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process holds in memory, as Linux counts it, in bytes.
 *
 * @param total all pages that are there
 * @param ofFiles those of them that are a file's, the model's own among them: the system takes them back when it needs
 *     them
 */
public record ResidentMemory(long total, long ofFiles) {
    /** Of this process; empty where the system does not tell. */
    static Optional<ResidentMemory> now() {
        return of(ProcessHandle.current().pid());
    }

    /** Empty where the system does not tell, or the process has ended. */
    static Optional<ResidentMemory> of(long process) {
        Path status = Path.of("/proc", Long.toString(process), "status");
        try {
            return Files.isReadable(status) ? parse(Files.readString(status)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** @param status lines such as {@code VmRSS: 1234 kB} */
    static Optional<ResidentMemory> parse(String status) {
        Optional<Long> total = bytes(status, "VmRSS");
        return total.map(
                bytes -> new ResidentMemory(bytes, bytes(status, "RssFile").orElse(0L)));
    }

    private static Optional<Long> bytes(String status, String key) {
        Matcher line = Pattern.compile("(?m)^" + key + ":\\s*(\\d{1,15}) kB$").matcher(status);
        return line.find() ? Optional.of(Long.parseLong(line.group(1)) << 10) : Optional.empty();
    }
}
