package smelt.planner.calibration;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Where a model's weights come from: those of a small one from caches in part, those of a large one from memory. The
 * calibration has models of both kinds; others lie between them, as the time does in which as much memory is read over
 * and over.
 */
final class Nearness {
    /** Times this near to each other tell nothing apart. */
    private static final double LEAST_RATIO = 1.1;

    /** Logarithm of bytes, and seconds for each. */
    private final NavigableMap<Double, Double> seconds = new TreeMap<>();

    private final double near;
    private final double far;

    private Nearness(double near, double far) {
        this.near = near;
        this.far = far;
    }

    /** @param reads of any sizes; without them, by the logarithm of the working sets */
    static Nearness of(Collection<Double> workingSets, List<ReadRate> reads) {
        double near =
                workingSets.stream().mapToDouble(Double::doubleValue).min().orElse(1);
        double far = workingSets.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        Nearness nearness = new Nearness(near, far);
        double most = 0;
        for (ReadRate read : reads.stream()
                .sorted((a, b) -> Double.compare(a.bytes(), b.bytes()))
                .toList()) {
            most = Math.max(most, 1 / read.bytesPerSecond()); // more memory is not read faster
            nearness.seconds.put(Math.log(read.bytes()), most);
        }
        if (nearness.seconds.isEmpty() || nearness.time(far) < LEAST_RATIO * nearness.time(near)) {
            nearness.seconds.clear();
            nearness.seconds.put(Math.log(near), 1.0);
            nearness.seconds.put(Math.log(Math.max(far, near * LEAST_RATIO)), 2.0);
        }
        return nearness;
    }

    private double time(double bytes) {
        double at = Math.log(bytes);
        Map.Entry<Double, Double> below = seconds.floorEntry(at);
        Map.Entry<Double, Double> above = seconds.ceilingEntry(at);
        if (below == null || above == null) {
            return below == null ? seconds.firstEntry().getValue() : below.getValue();
        }
        double span = above.getKey() - below.getKey();
        double share = span == 0 ? 0 : (at - below.getKey()) / span;
        return below.getValue() * (1 - share) + above.getValue() * share;
    }

    /** 0 for a model as small as the smallest one measured, 1 for one as large as the largest. */
    double far(double workingSet) {
        double span = time(far) - time(near);
        return span <= 0 ? 0 : Math.clamp((time(workingSet) - time(near)) / span, 0, 1);
    }
}
