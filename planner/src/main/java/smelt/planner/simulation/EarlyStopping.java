package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * How many requests it takes to be sure of a percentile, as MLPerf's LoadGen reckons without tolerance: a limit holds
 * where so few requests beyond it, or fewer, would be unlikely if the part beyond it were as large as is just allowed.
 *
 * @param percentile of the requests that must be within the limit, for example 0.99
 * @param confidence for example 0.99
 */
public record EarlyStopping(double percentile, double confidence) {
    public static final EarlyStopping LOADGEN_P99 = new EarlyStopping(0.99, 0.99);

    public EarlyStopping {
        if (!(percentile >= 0.5 && percentile < 1) || !(confidence >= 0.5 && confidence < 1)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Percentile and confidence lie between 0.5 and 1, not at " + percentile + " and " + confidence);
        }
    }

    /** Whether the limit holds where {@code over} of {@code count} requests are beyond it. */
    public boolean holds(long over, long count) {
        return over < count && atMost(over, count) <= 1 - confidence;
    }

    /** Whether it surely does not hold. */
    public boolean fails(long over, long count) {
        return over > 0 && 1 - atMost(over - 1, count) <= 1 - confidence;
    }

    /** Fewest requests of which so many may be beyond the limit. */
    public long count(long over) {
        long most = 1;
        while (!holds(over, most)) {
            most *= 2;
        }
        long least = most / 2;
        while (most - least > 1) {
            long middle = (least + most) / 2;
            if (holds(over, middle)) {
                most = middle;
            } else {
                least = middle;
            }
        }
        return most;
    }

    /** Fewest requests beyond the limit, of {@code count}, that say that it surely does not hold. */
    long fewestFailing(long count) {
        long least = (long) (count * (1 - percentile));
        long most = count + 1;
        while (most - least > 1) {
            long middle = (least + most) / 2;
            if (fails(middle, count)) {
                most = middle;
            } else {
                least = middle;
            }
        }
        return most;
    }

    /** Probability of at most {@code over} of {@code count}, each with the probability that is just allowed. */
    private double atMost(long over, long count) {
        double odds = StrictMath.log((1 - percentile) / percentile);
        double log = count * StrictMath.log(percentile);
        double sum = StrictMath.exp(log);
        for (long i = 0; i < Math.min(over, count); i++) {
            log += StrictMath.log((double) (count - i) / (i + 1)) + odds;
            sum += StrictMath.exp(log);
        }
        return Math.min(1, sum);
    }
}
