package smelt.bench;

import java.util.List;

/**
 * A line through measurements that counts how far it is off as a share of each.
 *
 * @param constant where nothing is added
 * @param slope for each unit
 */
record Line(double constant, double slope) {
    record Point(double x, double y) {}

    /** A single point, or points of one place, give a constant. */
    static Line through(List<Point> points) {
        double weights = 0;
        double xs = 0;
        double ys = 0;
        double squares = 0;
        double products = 0;
        for (Point point : points) {
            double weight = 1 / (point.y() * point.y());
            weights += weight;
            xs += weight * point.x();
            ys += weight * point.y();
            squares += weight * point.x() * point.x();
            products += weight * point.x() * point.y();
        }
        double spread = weights * squares - xs * xs;
        double slope = spread <= 1e-12 * weights * squares ? 0 : (weights * products - xs * ys) / spread;
        return new Line((ys - slope * xs) / weights, slope);
    }

    double at(double x) {
        return constant + slope * x;
    }
}
