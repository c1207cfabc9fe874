package smelt.planner.simulation;

import java.util.Set;

/**
 * What users would get. Times count from when a request was due, not from when somebody looked at it.
 *
 * @param ttft to the first token
 * @param tpot for each further token of an answer on average; answers of one token have none
 * @param latency to the last token
 * @param goodput part of the requests that were answered within the limits, 0 to 1
 * @param tokensPerSecond output tokens of answers completed, between the first request and the last answer that count
 * @param utilisation part of that time in which steps run, 0 to 1
 * @param preemptions how often a request had to give way to others, and begin again, because no block was free
 * @param kvUse part of the room for keys and values that was held while steps ran, on average, 0 to 1
 * @param requests that count
 * @param refused of these, requests that can never run: the room for keys and values is too small for one
 * @param cachedShare part of the prompts' tokens that others had computed, 0 to 1
 * @param saturation why more load would only wait; empty where it would not
 */
public record SimulationResult(
        Distribution ttft,
        Distribution tpot,
        Distribution latency,
        double goodput,
        double tokensPerSecond,
        double utilisation,
        int preemptions,
        double kvUse,
        long requests,
        long refused,
        double cachedShare,
        Set<Saturation> saturation) {
    /** What there is too little of. */
    public enum Saturation {
        /** Requests waited for blocks of keys and values for a tenth of the time, or gave way. */
        KV_FULL,
        /**
         * More came than were answered: the queue grew all the time, and every figure depends on how long that went.
         */
        BACKLOG
    }

    public SimulationResult {
        saturation = Set.copyOf(saturation);
    }

    public boolean saturated() {
        return !saturation.isEmpty();
    }
}
