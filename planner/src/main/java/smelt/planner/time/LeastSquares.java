package smelt.planner.time;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Levenberg and Marquardt's method with a soft-L1 loss, and a Gaussian prior on each unknown. */
final class LeastSquares {
    /** Residuals of the data at {@code x}, written to {@code into}; unit: their usual size. */
    interface Residuals {
        void at(double[] x, double[] into);

        /** The unknown that residuals follow as they follow {@code unknown}, where they follow that at all. */
        default int leader(int unknown) {
            return unknown;
        }

        default boolean follows(int residual, int unknown) {
            return true;
        }
    }

    private static final double STEP = 1e-4;

    private final Residuals residuals;
    private final int count;
    private final double[] prior;
    private final double[] spreads;
    private final int[] free;

    /** @param spreads of the prior; unknowns with 0 stay where they are */
    LeastSquares(Residuals residuals, int count, double[] prior, double[] spreads) {
        this.residuals = residuals;
        this.count = count;
        this.prior = prior.clone();
        this.spreads = spreads.clone();
        int[] all = new int[spreads.length];
        int n = 0;
        for (int i = 0; i < spreads.length; i++) {
            if (spreads[i] > 0) {
                all[n++] = i;
            }
        }
        this.free = Arrays.copyOf(all, n);
    }

    /** The unknowns after {@code rounds} steps at most. */
    double[] solve(int rounds) {
        double[] x = prior.clone();
        double[] r = new double[count];
        residuals.at(x, r);
        double loss = loss(x, r);
        double damping = 1e-2;
        for (int round = 0; round < rounds && damping < 1e8; round++) {
            double[][] jacobian = jacobian(x, r);
            double[][] a = new double[free.length][free.length];
            double[] b = new double[free.length];
            normal(jacobian, x, r, a, b);
            double before = loss;
            while (damping < 1e8) {
                double[] next = step(a, b, damping, x);
                double[] s = new double[count];
                residuals.at(next, s);
                double l = loss(next, s);
                if (l < loss) {
                    x = next;
                    r = s;
                    loss = l;
                    damping = Math.max(damping / 5, 1e-9);
                    break;
                }
                damping *= 4;
            }
            if (before - loss < 1e-5 * before) {
                break;
            }
        }
        return x;
    }

    private double loss(double[] x, double[] r) {
        double sum = 0;
        for (double v : r) {
            sum += 2 * (Math.sqrt(1 + v * v) - 1);
        }
        for (int i : free) {
            double d = (x[i] - prior[i]) / spreads[i];
            sum += d * d;
        }
        return sum;
    }

    private double[][] jacobian(double[] x, double[] r) {
        double[][] columns = new double[free.length][count];
        Map<Integer, double[]> leaders = new HashMap<>();
        for (int k = 0; k < free.length; k++) {
            double[] column = leaders.computeIfAbsent(residuals.leader(free[k]), leader -> slope(x, r, leader));
            for (int i = 0; i < count; i++) {
                columns[k][i] = residuals.follows(i, free[k]) ? column[i] : 0;
            }
        }
        return columns;
    }

    private double[] slope(double[] x, double[] r, int unknown) {
        double[] moved = x.clone();
        moved[unknown] += STEP;
        double[] slope = new double[count];
        residuals.at(moved, slope);
        for (int i = 0; i < count; i++) {
            slope[i] = (slope[i] - r[i]) / STEP;
        }
        return slope;
    }

    /** Half the gradient in {@code b}; in {@code a} the matrix of the weighted problem: weights 1 / sqrt(1 + r^2). */
    private void normal(double[][] columns, double[] x, double[] r, double[][] a, double[] b) {
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = 1 / Math.sqrt(1 + r[i] * r[i]);
        }
        for (int j = 0; j < free.length; j++) {
            double[] weighted = new double[count];
            for (int i = 0; i < count; i++) {
                weighted[i] = columns[j][i] * weights[i];
            }
            for (int k = 0; k <= j; k++) {
                a[j][k] = dot(weighted, columns[k]);
                a[k][j] = a[j][k];
            }
            double spread = spreads[free[j]];
            b[j] = dot(weighted, r) + (x[free[j]] - prior[free[j]]) / (spread * spread);
            a[j][j] += 1 / (spread * spread);
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private double[] step(double[][] a, double[] b, double damping, double[] x) {
        double[][] damped = new double[a.length][];
        for (int i = 0; i < a.length; i++) {
            damped[i] = a[i].clone();
            damped[i][i] *= 1 + damping;
        }
        double[] d = new Cholesky(damped).solve(b);
        double[] next = x.clone();
        for (int k = 0; k < free.length; k++) {
            next[free[k]] -= Math.clamp(d[k], -1, 1);
        }
        return next;
    }
}
