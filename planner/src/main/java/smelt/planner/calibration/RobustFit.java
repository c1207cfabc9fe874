package smelt.planner.calibration;

import java.util.Arrays;

/**
 * Coefficients, none negative, of a sum of features that comes nearest to measured times. What counts is how far it is
 * off as a share of each time; measurements that are far off count less.
 */
final class RobustFit {
    private static final int ROUNDS = 12;
    private static final int SWEEPS = 300;
    /** Log error above which a measurement begins to count less. */
    private static final double USUAL_ERROR = 0.04;
    /** Keeps features that nothing tells apart from taking turns at random. */
    private static final double RIDGE = 1e-9;

    private RobustFit() {}

    /**
     * @param features for each measurement the same number
     * @param seconds positive
     */
    static double[] fit(double[][] features, double[] seconds) {
        int width = features[0].length;
        double[] scales = scales(features, width);
        double[] coefficients = new double[width];
        double[] weights = new double[seconds.length];
        Arrays.fill(weights, 1);
        for (int round = 0; round < ROUNDS; round++) {
            descend(features, seconds, scales, weights, coefficients);
            for (int i = 0; i < seconds.length; i++) {
                weights[i] = weight(dot(features[i], coefficients, scales) / seconds[i]);
            }
        }
        for (int j = 0; j < width; j++) {
            coefficients[j] /= scales[j];
        }
        return coefficients;
    }

    /** Turns the squared error as a share into Huber's loss of the log error. */
    private static double weight(double ratio) {
        double log = Math.abs(Math.log(Math.clamp(ratio, 1e-6, 1e6)));
        double share = Math.max(1e-9, Math.abs(ratio - 1));
        double curve = Math.clamp(log / share, 1e-3, 1e3);
        return curve * curve * Math.min(1, USUAL_ERROR / Math.max(1e-12, log));
    }

    private static double[] scales(double[][] features, int width) {
        double[] scales = new double[width];
        for (double[] row : features) {
            for (int j = 0; j < width; j++) {
                scales[j] = Math.max(scales[j], row[j]);
            }
        }
        for (int j = 0; j < width; j++) {
            scales[j] = scales[j] == 0 ? 1 : scales[j];
        }
        return scales;
    }

    private static double dot(double[] row, double[] coefficients, double[] scales) {
        double sum = 0;
        for (int j = 0; j < row.length; j++) {
            sum += row[j] / scales[j] * coefficients[j];
        }
        return sum;
    }

    /** Coordinate by coordinate on the normal equations of errors as shares. */
    private static void descend(
            double[][] features, double[] seconds, double[] scales, double[] weights, double[] coefficients) {
        int width = coefficients.length;
        double[][] products = new double[width][width];
        double[] targets = new double[width];
        for (int i = 0; i < seconds.length; i++) {
            for (int j = 0; j < width; j++) {
                double own = features[i][j] / scales[j] / seconds[i];
                targets[j] += weights[i] * own;
                for (int l = 0; l < width; l++) {
                    products[j][l] += weights[i] * own * features[i][l] / scales[l] / seconds[i];
                }
            }
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int j = 0; j < width; j++) {
                double rest = targets[j];
                for (int l = 0; l < width; l++) {
                    rest -= l == j ? 0 : products[j][l] * coefficients[l];
                }
                double curvature = products[j][j] * (1 + RIDGE);
                coefficients[j] = curvature == 0 ? 0 : Math.max(0, rest / curvature);
            }
        }
    }
}
