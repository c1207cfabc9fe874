package smelt.bench;

import java.util.List;
import java.util.Optional;

/**
 * Several measurements of one thing.
 *
 * @param median the mean of the middle two where their number is even
 * @param spread from the lowest to the highest, as a share of the median
 * @param samples in the order of time
 */
public record Spread(double median, double lowest, double highest, double spread, List<Double> samples) {
    public Spread {
        samples = List.copyOf(samples);
    }

    /** Empty where nothing was measured. */
    public static Optional<Spread> of(List<Double> samples) {
        if (samples.isEmpty()) {
            return Optional.empty();
        }
        List<Double> sorted = samples.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        double lowest = sorted.getFirst();
        double highest = sorted.getLast();
        double spread = median == 0 ? 0 : (highest - lowest) / median;
        return Optional.of(new Spread(median, lowest, highest, spread, samples));
    }

    /** The median alone; 0 where nothing was measured. */
    static double median(List<Double> samples) {
        return of(samples).map(Spread::median).orElse(0.0);
    }
}
