package smelt.engine;

/**
 * What a request took.
 *
 * @param cachedTokens prompt tokens whose keys and values were there already
 * @param queuedNanos from submission to the first step
 * @param prefillNanos from the first step to the first generated token
 * @param decodeNanos from the first generated token to the last
 */
public record Usage(
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        long queuedNanos,
        long prefillNanos,
        long decodeNanos) {
    /** Prompt tokens a second that were computed; 0 where nothing was. */
    public double prefillTokensPerSecond() {
        return prefillNanos <= 0 ? 0 : (promptTokens - cachedTokens) * 1e9 / prefillNanos;
    }

    /** Generated tokens a second after the first; 0 where there are none. */
    public double decodeTokensPerSecond() {
        return decodeNanos <= 0 ? 0 : (completionTokens - 1) * 1e9 / decodeNanos;
    }
}
