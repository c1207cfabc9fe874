package smelt.planner.simulation;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Gamma distributed numbers, by the method of Marsaglia and Tsang (2000); the same on every machine. */
final class Gamma {
    private final SplittableRandom random;
    private final double shape;
    private final double scale;

    private Gamma(SplittableRandom random, double shape, double scale) {
        this.random = random;
        this.shape = shape;
        this.scale = scale;
    }

    /** @param variation standard deviation by mean */
    static DoubleSupplier withMean(double mean, double variation, SplittableRandom random) {
        if (variation == 0) {
            return () -> mean;
        }
        if (variation == 1) {
            return () -> -mean * StrictMath.log(open(random));
        }
        double shape = 1 / (variation * variation);
        return new Gamma(random, shape, mean / shape)::draw;
    }

    private static double open(SplittableRandom random) {
        return 1 - random.nextDouble();
    }

    private double draw() {
        if (shape >= 1) {
            return scale * standard(shape);
        }
        return scale * standard(shape + 1) * StrictMath.pow(open(random), 1 / shape);
    }

    private double standard(double of) {
        double d = of - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = normal();
            double t = 1 + c * x;
            double v = t * t * t;
            if (v > 0 && StrictMath.log(open(random)) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return d * v;
            }
        }
    }

    private double normal() {
        return StrictMath.sqrt(-2 * StrictMath.log(open(random))) * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }
}
