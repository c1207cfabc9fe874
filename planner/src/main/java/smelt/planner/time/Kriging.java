package smelt.planner.time;

import java.util.List;

/** What measurements say about the error of a forecast elsewhere: Gaussian process regression. */
final class Kriging {
    /** An error that was measured: log of measured by forecast. */
    record Point(Site site, double error) {}

    /** @param nearness what is left of the deviation that errors have far from any measurement: 0 nothing, 1 all */
    record Guess(double error, double nearness) {}

    private final Likeness likeness;
    private final List<Point> points;
    private final Cholesky among;
    private final double[] weights;

    Kriging(Likeness likeness, List<Point> points) {
        this.likeness = likeness;
        this.points = List.copyOf(points);
        int n = points.size();
        double[][] covariance = new double[n][n];
        double[] errors = new double[n];
        for (int i = 0; i < n; i++) {
            errors[i] = points.get(i).error();
            for (int j = i + 1; j < n; j++) {
                covariance[i][j] =
                        likeness.between(points.get(i).site(), points.get(j).site());
            }
            covariance[i][i] = likeness.variance() + likeness.noise() * likeness.noise();
        }
        this.among = new Cholesky(covariance);
        this.weights = among.solve(errors);
    }

    Guess at(Site site) {
        double[] to = to(site);
        double known = 0;
        for (double part : among.forward(to)) {
            known += part * part;
        }
        double variance = likeness.variance();
        return new Guess(error(to), Math.sqrt(Math.max(variance - known, 0) / variance));
    }

    /** The guess without its nearness, which takes far longer. */
    double errorAt(Site site) {
        return error(to(site));
    }

    private double[] to(Site site) {
        double[] to = new double[points.size()];
        for (int i = 0; i < to.length; i++) {
            to[i] = likeness.between(site, points.get(i).site());
        }
        return to;
    }

    private double error(double[] to) {
        double error = 0;
        for (int i = 0; i < to.length; i++) {
            error += to[i] * weights[i];
        }
        return error;
    }
}
