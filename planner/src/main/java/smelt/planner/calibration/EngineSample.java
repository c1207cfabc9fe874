package smelt.planner.calibration;

/**
 * What the engine itself takes for a step: scheduling, choosing tokens, telling consumers.
 *
 * @param sequences that write
 */
public record EngineSample(int sequences, double seconds) {}
