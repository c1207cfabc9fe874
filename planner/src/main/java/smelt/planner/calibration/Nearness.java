package smelt.planner.calibration;

import java.util.Collection;

/**
 * Where a model's weights come from: those of a small one from caches in part, those of a large one from memory. The
 * calibration has models of both kinds; others lie between them.
 *
 * @param near working set of the smallest
 * @param far of the largest
 */
record Nearness(double near, double far) {
    /** Working sets this near to each other tell nothing apart. */
    private static final double LEAST_RATIO = 1.5;

    static Nearness of(Collection<Double> workingSets) {
        double near = workingSets.stream().mapToDouble(Double::doubleValue).min().orElse(1);
        double far = workingSets.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        return new Nearness(near, far);
    }

    /** 0 for a model as small as the smallest one measured, 1 for one as large as the largest; by its logarithm. */
    double far(double workingSet) {
        if (far < LEAST_RATIO * near || workingSet <= near) {
            return 0;
        }
        return Math.min(1, Math.log(workingSet / near) / Math.log(far / near));
    }
}
