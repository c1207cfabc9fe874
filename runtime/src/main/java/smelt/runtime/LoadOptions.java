package smelt.runtime;

/**
 * How a model is loaded.
 *
 * @param contextLength positions of one sequence
 * @param cachePositions positions that the KV blocks hold for all sequences together
 * @param threads that run a step
 */
public record LoadOptions(int contextLength, int cachePositions, int threads) {}
