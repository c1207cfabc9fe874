package smelt.planner.time;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What measurements near by say about the error of a forecast: Gaussian process regression on the nearest of them. */
final class Kriging {
    /** An error that was measured: log of measured by forecast. */
    record Point(Site site, double error) {}

    /** @param nearness what is left of the deviation that errors have far from any measurement: 0 nothing, 1 all */
    record Guess(double error, double nearness) {}

    private static final int NEIGHBOURS = 80;

    private final Likeness likeness;
    private final List<Point> points;

    Kriging(Likeness likeness, List<Point> points) {
        this.likeness = likeness;
        this.points = List.copyOf(points);
    }

    private record Neighbour(Point point, double likeness, int index) {}

    Guess at(Site site) {
        List<Neighbour> near = near(site);
        double variance = likeness.deviation() * likeness.deviation();
        double noise = likeness.noise() * likeness.noise();
        if (near.isEmpty()) {
            return new Guess(0, 1);
        }
        int n = near.size();
        double[][] among = new double[n][n];
        double[] to = new double[n];
        double[] errors = new double[n];
        for (int i = 0; i < n; i++) {
            Neighbour one = near.get(i);
            to[i] = variance * one.likeness();
            errors[i] = one.point().error();
            for (int j = 0; j < i; j++) {
                among[i][j] = variance
                        * likeness.between(
                                one.point().site(), near.get(j).point().site());
            }
            among[i][i] = variance + noise;
        }
        var cholesky = new Cholesky(among);
        double[] weights = cholesky.forward(to);
        double[] whitened = cholesky.forward(errors);
        double error = 0;
        double known = 0;
        for (int i = 0; i < n; i++) {
            error += weights[i] * whitened[i];
            known += weights[i] * weights[i];
        }
        return new Guess(error, Math.sqrt(Math.max(variance - known, 0) / variance));
    }

    private List<Neighbour> near(Site site) {
        List<Neighbour> all = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            Point point = points.get(i);
            if (point.site().set() == site.set()) {
                all.add(new Neighbour(point, likeness.between(site, point.site()), i));
            }
        }
        all.sort(Comparator.comparingDouble((Neighbour n) -> -n.likeness()).thenComparingInt(Neighbour::index));
        return all.size() > NEIGHBOURS ? all.subList(0, NEIGHBOURS) : all;
    }
}
