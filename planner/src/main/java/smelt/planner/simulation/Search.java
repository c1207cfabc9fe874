package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * How the largest rate is looked for.
 *
 * @param stopping when a rate is known to keep the limits, or not to
 * @param seconds that requests come for at least, in simulated time; a queue that grows slowly is not seen before
 * @param most requests at one rate: where they leave it open, the percentile that was found decides
 * @param precision factor between the rate that is found and one that is too large
 * @param variation of the times between requests, see {@link Arrivals#gamma}
 */
public record Search(EarlyStopping stopping, double seconds, long most, double precision, double variation, long seed) {
    /** Poisson arrivals for at least two minutes, limits of 99 of 100 requests, a rate to 2 in 100. */
    public static final Search DEFAULT = new Search(EarlyStopping.LOADGEN_P99, 120, 50_000, 1.02, 1, 1);

    public Search {
        if (!(seconds >= 0 && seconds <= 1e6) || most < 1 || !(precision > 1 && precision <= 2)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A rate cannot be looked for with " + most + " requests, over " + seconds + " s, to a factor of "
                            + precision);
        }
    }

    public Search withStopping(EarlyStopping value) {
        return new Search(value, seconds, most, precision, variation, seed);
    }

    public Search withSeconds(double value) {
        return new Search(stopping, value, most, precision, variation, seed);
    }

    public Search withMost(long value) {
        return new Search(stopping, seconds, value, precision, variation, seed);
    }

    public Search withPrecision(double value) {
        return new Search(stopping, seconds, most, value, variation, seed);
    }

    public Search withVariation(double value) {
        return new Search(stopping, seconds, most, precision, value, seed);
    }

    public Search withSeed(long value) {
        return new Search(stopping, seconds, most, precision, variation, value);
    }
}
