package smelt.planner.measurement;

import java.util.function.DoublePredicate;
import java.util.stream.DoubleStream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.time.Engine;
import smelt.planner.time.Load;

/**
 * One row of what was measured; NaN where a figure was not.
 *
 * @param model as the file or the user names it
 * @param device the same; empty where neither does
 * @param load a closed loop, or the open one whose requests were as many at a time
 * @param ttftMillis mean until the first token
 * @param tpotMillis mean from token to token after it
 * @param tokensPerSecond output tokens of all users
 * @param source program and file
 */
public record Measurement(
        String model,
        String device,
        Engine engine,
        Load load,
        double ttftMillis,
        double tpotMillis,
        double tokensPerSecond,
        String source) {
    private static final double MOST_MILLIS = 1e9;
    private static final double MOST_TOKENS = 1e12;

    public Measurement {
        require(ttftMillis, "milliseconds to the first token", MOST_MILLIS);
        require(tpotMillis, "milliseconds from token to token", MOST_MILLIS);
        require(tokensPerSecond, "tokens a second", MOST_TOKENS);
        DoublePredicate unknown = Double::isNaN;
        if (DoubleStream.of(ttftMillis, tpotMillis, tokensPerSecond).allMatch(unknown)) {
            throw Failure.of(FailureCode.MALFORMED, "Neither times nor rates were measured");
        }
    }

    private static void require(double value, String what, double most) {
        if (!Double.isNaN(value) && !(value > 0 && value <= most)) {
            throw Failure.of(FailureCode.MALFORMED, value + " " + what + " are no measurement");
        }
    }
}
