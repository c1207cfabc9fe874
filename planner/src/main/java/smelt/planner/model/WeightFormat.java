package smelt.planner.model;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Precision;

/**
 * How weights are kept.
 *
 * @param bitsPerWeight all told, with scales: nvfp4 4.5, Q4_K 4.5, fp8 8
 * @param arithmetic that multiplies them where the device can
 */
public record WeightFormat(String name, double bitsPerWeight, Precision arithmetic) {
    public WeightFormat {
        if (!(bitsPerWeight > 0 && bitsPerWeight <= 64)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "The format " + name + " must have 0 to 64 bits a weight but has " + bitsPerWeight);
        }
    }

    /** Bytes of so many weights, rounded up. */
    public long bytes(long weights) {
        double bytes = Math.ceil(weights * (bitsPerWeight / 8));
        if (bytes >= 0x1p62) {
            throw new ArithmeticException("long overflow");
        }
        return (long) bytes;
    }
}
