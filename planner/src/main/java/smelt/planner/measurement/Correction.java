package smelt.planner.measurement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import smelt.planner.time.Interval;

/**
 * By what one figure of forecasts is moved: median of the logarithms of measured by forecast, shrunk towards none by
 * how few they are.
 *
 * @param log of the factor
 * @param weight of the measurements, 0 to 1: the rest is the forecast's
 * @param scatter standard deviation of the logarithm of a single measurement around them
 */
record Correction(double log, double weight, double scatter) {
    static final Correction NONE = new Correction(0, 0, 0);

    /** Of a normal distribution: 90% lie within. */
    private static final double WITHIN_90 = 1.645;
    /** From the median of absolute errors to a standard deviation. */
    private static final double TO_DEVIATION = 1.4826;
    /** What single measurements are taken to scatter by before there are any; it counts as two of them. */
    private static final double USUAL_SCATTER = 0.08;

    private static final int USUAL_COUNTS = 2;

    /**
     * Of a model, by all that was measured of its device and engine: what all models have in common counts half where
     * one was measured, two thirds where two were; then what is left of the model's own in the same way, by its points.
     *
     * @param points model and logarithm; NaN where it was not measured
     */
    static Correction of(String model, List<Map.Entry<String, Double>> points) {
        Map<String, List<Double>> byModel = points.stream()
                .filter(point -> !point.getValue().isNaN())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey,
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        if (byModel.isEmpty()) {
            return NONE;
        }
        List<Double> medians = byModel.values().stream().map(Correction::median).toList();
        double share = share(medians.size());
        double common = share * median(medians);
        List<Double> own = byModel.getOrDefault(model, List.of());
        if (own.isEmpty()) {
            return new Correction(common, share, scatter(medians));
        }
        double left = share(own.size()) * (median(own) - common);
        return new Correction(common + left, 1 - (1 - share) * (1 - share(own.size())), scatter(own));
    }

    private static double share(int points) {
        return points / (points + 1.0);
    }

    private static double scatter(List<Double> logs) {
        double middle = median(logs);
        double deviation = TO_DEVIATION
                * median(logs.stream().map(log -> Math.abs(log - middle)).toList());
        double squares = logs.size() * deviation * deviation + USUAL_COUNTS * USUAL_SCATTER * USUAL_SCATTER;
        return Math.sqrt(squares / (logs.size() + USUAL_COUNTS));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        sorted.sort(null);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double factor() {
        return Math.exp(log);
    }

    boolean isNone() {
        return weight == 0;
    }

    /** Logarithm of how far the ends are from the value. */
    double width(Interval forecast) {
        double own = Math.log(forecast.high() / forecast.value()) / WITHIN_90;
        return WITHIN_90 * Math.sqrt((1 - weight) * own * own + scatter * scatter);
    }

    /** A low end that is nearer than the high one is a physical bound, which nothing goes below. */
    Interval applied(Interval forecast) {
        if (isNone() || !(forecast.value() > 0)) {
            return forecast;
        }
        boolean bounded = forecast.low() * forecast.high() > forecast.value() * forecast.value() * (1 + 1e-9);
        double least = bounded ? forecast.low() : 0;
        double value = Math.max(forecast.value() * factor(), least);
        double width = Math.exp(width(forecast));
        return new Interval(Math.max(value / width, least), value, value * width);
    }
}
