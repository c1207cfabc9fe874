package smelt.planner.time;

/**
 * A measurement beside what was forecast without it.
 *
 * @param tpotNearness how little is known of the forecast's error, as part of what could be: 0 to 1
 * @param ttftNearness the same for the first token
 */
public record Outcome(Measurement measurement, Forecast forecast, double tpotNearness, double ttftNearness) {
    /** Log of forecast by measured time between tokens. */
    public double tpotError() {
        return Math.log(forecast.tpotMillis().value() / measurement.tpotMillis());
    }

    /** Log of forecast by measured time to the first token. */
    public double ttftError() {
        return Math.log(forecast.ttftMillis().value() / measurement.ttftMillis());
    }

    /** Log of forecast by measured output tokens per second of the whole loop. */
    public double throughputError() {
        double steps = measurement.load().output() - 1;
        double forecastTime =
                forecast.ttftMillis().value() + steps * forecast.tpotMillis().value();
        return Math.log((measurement.ttftMillis() + steps * measurement.tpotMillis()) / forecastTime);
    }
}
