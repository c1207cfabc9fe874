package smelt.planner.time;

import java.util.List;

/**
 * What a deployment is expected to do.
 *
 * @param ttftMillis from arrival to the first token
 * @param tpotMillis between tokens, after the first
 * @param tokensPerSecond output tokens of the whole deployment
 * @param fits whether weights, and one request at least, have room
 * @param saturated whether requests wait for room of others
 * @param utilisation part of the time in which steps run, 0 to 1
 */
public record Forecast(
        Interval ttftMillis,
        Interval tpotMillis,
        Interval tokensPerSecond,
        MemoryUse memory,
        boolean fits,
        boolean saturated,
        double utilisation,
        List<String> assumptions) {
    public Forecast {
        assumptions = List.copyOf(assumptions);
    }
}
