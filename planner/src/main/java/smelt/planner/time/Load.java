package smelt.planner.time;

/**
 * A closed loop of users, each with the next prompt when the answer is complete.
 *
 * @param input tokens of each prompt
 * @param output tokens of each answer
 * @param prefixHitShare part of the prompts' tokens that is found computed, 0 to 1
 */
public record Load(int input, int output, int concurrency, double prefixHitShare) {}
