package smelt.server;

import java.time.Duration;
import smelt.compiler.CacheType;

/**
 * How models are loaded and shared.
 *
 * @param context positions of one sequence; 0 for each model's own, within what is usual
 * @param threads of each model; 0 for one per core
 * @param cache how keys and values are kept
 * @param queuedTokens prompt tokens that may wait, of each model
 * @param memory bytes that all models together may take; 0 for what is free
 * @param keepAlive how long a model stays after its last use; zero for as long as the server runs
 */
public record Engines(int context, int threads, CacheType cache, long queuedTokens, long memory, Duration keepAlive) {
    public static final Engines DEFAULT =
            new Engines(0, 0, CacheType.F16, smelt.engine.Settings.DEFAULT.maxQueuedTokens(), 0, Duration.ZERO);
}
