package smelt.planner.calibration;

/**
 * How long a kernel took.
 *
 * @param work of one call
 * @param workingSet packed bytes of all weights that a step reads: what does not fit a cache comes from memory
 * @param calls of it in a step
 * @param seconds of one call, with the barrier behind it, while nobody else uses the machine
 * @param spread how much faster than that the fastest of the measurements was, as a share
 */
public record KernelSample(
        CallWork work, StepShape step, double workingSet, int calls, double seconds, double spread) {}
