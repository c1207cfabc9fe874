package smelt.planner.calibration;

/**
 * How fast memory is read over and over.
 *
 * @param bytes of it
 */
public record ReadRate(double bytes, double bytesPerSecond) {}
