package smelt.planner.simulation;

/**
 * A request that comes.
 *
 * @param seconds after the start
 * @param input tokens of the prompt
 * @param output tokens of the answer
 * @param sharedPrefix tokens at the prompt's start that all of its group have
 */
public record Arrival(double seconds, int input, int output, int sharedPrefix, int prefixGroup) {}
