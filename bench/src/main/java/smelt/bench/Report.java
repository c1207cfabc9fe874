package smelt.bench;

import java.util.List;
import java.util.Optional;

/**
 * What a benchmark found. The figures at the top are medians of the runs below; empty where there is none.
 *
 * @param model as the user named it
 * @param tier instruction set of the kernels
 * @param kv how keys and values are kept
 * @param decodeTokensPerSecond one user, after a short prompt
 * @param memoryReadGbPerSecond median of the sweeps in turns with the runs of decode, on as many threads
 * @param memoryReadBest the best of all sweeps
 * @param int8Tops median of what was reached in turns with the runs, in 10^12 operations a second
 * @param decodeShareOfBandwidth bytes that decode must read, by the memory's rate in the same seconds
 * @param prefillShareOfPeak integer operations that the prompt must take, by the rate of int8 dots in the same seconds
 * @param loadSeconds from the file to ready, kernels compiled before
 * @param firstLoadSeconds the same the first time, which compiles kernels that this machine does not have yet
 * @param peers empty where they were not asked for
 * @param remarks what to know when reading the figures
 * @param seconds that everything took
 */
public record Report(
        String model,
        String cpu,
        String tier,
        int threads,
        String kv,
        int repeat,
        long seed,
        Optional<Double> prefillTokensPerSecond,
        Optional<Double> decodeTokensPerSecond,
        Optional<Double> memoryReadGbPerSecond,
        Optional<Double> memoryReadBest,
        Optional<Double> int8Tops,
        Optional<Double> decodeShareOfBandwidth,
        Optional<Double> prefillShareOfPeak,
        double loadSeconds,
        double firstLoadSeconds,
        Memory memory,
        List<Row> runs,
        List<PeerState> peers,
        List<String> remarks,
        double seconds) {
    public Report {
        runs = List.copyOf(runs);
        peers = List.copyOf(peers);
        remarks = List.copyOf(remarks);
    }

    /**
     * @param weightBytes packed
     * @param kvBytes room for keys and values, all of it used by the runs where they use the largest number of
     *     positions
     * @param bytesPerToken that decode of one token must read, without keys and values
     * @param residentBytes of this process after all runs; empty where the system does not tell
     * @param residentFileBytes of these, pages of files, which the system takes back when it needs them
     * @param residentAboveBytes resident above weights and keys and values
     */
    public record Memory(
            long weightBytes,
            long kvBytes,
            long bytesPerToken,
            Optional<Long> residentBytes,
            Optional<Long> residentFileBytes,
            Optional<Long> residentAboveBytes) {}

    /**
     * One scenario.
     *
     * @param tokensPerSecond of all users together; empty where it could not run
     * @param shareOfBandwidth empty for prefill
     * @param engineShareOfStep of the time of steps, what the engine does around the model: scheduling, choosing,
     *     telling
     * @param peers the same by others, on the same file in the same minutes
     * @param ratio to the best peer; empty without one
     * @param problem why there is no figure, or fewer than asked for
     */
    public record Row(
            String scenario,
            int users,
            Optional<Spread> tokensPerSecond,
            Optional<Spread> shareOfBandwidth,
            Optional<Spread> shareOfPeak,
            Optional<Spread> engineShareOfStep,
            List<PeerRate> peers,
            Optional<Double> ratio,
            Optional<String> problem) {
        public Row {
            peers = List.copyOf(peers);
        }
    }

    /** @param note what had to be done to measure it, or why there is no figure */
    public record PeerRate(String peer, Optional<Spread> tokensPerSecond, Optional<String> note) {}

    /** @param missing why it does not run here; empty where it does */
    public record PeerState(String peer, Optional<String> missing) {}
}
