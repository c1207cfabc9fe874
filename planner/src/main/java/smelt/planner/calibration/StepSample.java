package smelt.planner.calibration;

/**
 * How long a whole step took, and all of its kernels one by one.
 *
 * @param workingSet packed bytes of all weights that the step reads
 * @param seconds of the step in one piece, and of the sum of its kernels
 * @param spread as of a {@link KernelSample}
 */
public record StepSample(StepShape step, double workingSet, double seconds, double kernelSeconds, double spread) {}
