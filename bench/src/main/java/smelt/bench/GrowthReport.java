package smelt.bench;

import java.util.List;

/**
 * How speed grows with tokens, depth and threads.
 *
 * @param model as the user named it
 * @param tier instruction set of the kernels
 * @param prompts by length
 * @param byThreads from one to all
 * @param remarks what to know when reading the figures
 * @param seconds that everything took
 */
public record GrowthReport(
        String model,
        String cpu,
        String tier,
        int threads,
        int repeat,
        long seed,
        List<Prompt> prompts,
        List<Threads> byThreads,
        List<String> remarks,
        double seconds) {
    public GrowthReport {
        prompts = List.copyOf(prompts);
        byThreads = List.copyOf(byThreads);
        remarks = List.copyOf(remarks);
    }

    /**
     * Reading a prompt, and writing behind it.
     *
     * @param prefillMilliseconds of all its tokens
     * @param line what the line through all lengths says: a time for each token and one for each operation of attention
     * @param attentionShare of the line's time
     * @param decodeMilliseconds of one token behind it
     * @param decodeBytes that such a token must read: weights, and keys and values before it
     * @param decodeLeastMilliseconds to read them at the memory's rate in the same seconds
     * @param decodeShareOfBandwidth the least by what it took
     */
    public record Prompt(
            int tokens,
            Spread prefillTokensPerSecond,
            double prefillMilliseconds,
            double line,
            double attentionShare,
            Spread decodeMilliseconds,
            long decodeBytes,
            double decodeLeastMilliseconds,
            double decodeShareOfBandwidth) {}

    /**
     * Ratios are medians of those to one thread in the same round.
     *
     * @param memoryRatio of the memory's rate, which is what decode can reach
     * @param int8Ratio of int8 dots, which is what prefill can reach; 0 where the tier has none
     */
    public record Threads(
            int threads,
            Spread prefillTokensPerSecond,
            double prefillRatio,
            double int8Ratio,
            Spread decodeTokensPerSecond,
            double decodeRatio,
            double memoryRatio) {}
}
