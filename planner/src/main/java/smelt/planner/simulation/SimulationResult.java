package smelt.planner.simulation;

/**
 * What users would get.
 *
 * @param latency from arrival to the last token
 * @param goodput part of the requests within the limits, 0 to 1
 * @param tokensPerSecond output tokens
 * @param utilisation part of the time in which steps run, 0 to 1
 * @param kvUse part of the room for keys and values in use, over time, 0 to 1
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
        long requests) {}
