package smelt.bench;

import java.util.List;
import java.util.Optional;

/**
 * What a start takes.
 *
 * @param model as the user named it
 * @param tier instruction set of the kernels
 * @param command that was started
 * @param firstTokenSeconds from the start of the process to the first byte of the answer, kernels compiled before
 * @param firstTimeSeconds the same with no compiled kernels, as the first time on a machine; the file is in memory
 * @param wholeSeconds from the start of the process to its end
 * @param memory when the first token came, medians
 * @param remarks what to know when reading the figures
 * @param seconds that everything took
 */
public record StartupReport(
        String model,
        String cpu,
        String tier,
        int threads,
        List<String> command,
        Spread firstTokenSeconds,
        Spread firstTimeSeconds,
        Spread wholeSeconds,
        Memory memory,
        List<String> remarks,
        double seconds) {
    public StartupReport {
        command = List.copyOf(command);
        remarks = List.copyOf(remarks);
    }

    /**
     * In bytes; resident ones empty where the system does not tell.
     *
     * @param weightBytes packed
     * @param residentFileBytes of the resident ones, pages of files, which the system takes back when it needs them
     * @param residentAboveBytes resident above the weights; keys and values are there for a few tokens only
     */
    public record Memory(
            long weightBytes,
            Optional<Long> residentBytes,
            Optional<Long> residentFileBytes,
            Optional<Long> residentAboveBytes) {}
}
