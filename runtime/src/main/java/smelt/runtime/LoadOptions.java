package smelt.runtime;

import smelt.compiler.CacheType;

/**
 * How a model is loaded.
 *
 * @param contextLength positions of one sequence
 * @param cachePositions positions that the KV blocks hold for all sequences together
 * @param threads that run a step
 * @param cache how keys and values are kept
 */
public record LoadOptions(int contextLength, int cachePositions, int threads, CacheType cache) {
    /** Keys and values as f16. */
    public LoadOptions(int contextLength, int cachePositions, int threads) {
        this(contextLength, cachePositions, threads, CacheType.F16);
    }

    LoadOptions withContext(int positions) {
        return new LoadOptions(positions, cachePositions, threads, cache);
    }

    public LoadOptions withCache(CacheType type) {
        return new LoadOptions(contextLength, cachePositions, threads, type);
    }
}
