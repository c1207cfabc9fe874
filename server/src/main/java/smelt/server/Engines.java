package smelt.server;

import java.time.Duration;
import smelt.compiler.CacheType;
import smelt.engine.Settings;

/**
 * How models are loaded and shared.
 *
 * @param context positions of one sequence; 0 for each model's own, within what is usual
 * @param threads of each model; 0 for one per core
 * @param cache how keys and values are kept
 * @param cacheBytes for keys and values of each model; at least one whole context is kept
 * @param queuedTokens prompt tokens that may wait, of each model
 * @param memory bytes that all models together may take; 0 for what is free
 * @param keepAlive how long a model stays after its last use; zero for as long as the server runs
 */
public record Engines(
        int context,
        int threads,
        CacheType cache,
        long cacheBytes,
        long queuedTokens,
        long memory,
        Duration keepAlive) {
    private static final long USUAL_CACHE = 512L << 20;

    public static final Engines DEFAULT =
            new Engines(0, 0, CacheType.F16, USUAL_CACHE, Settings.DEFAULT.maxQueuedTokens(), 0, Duration.ZERO);
}
