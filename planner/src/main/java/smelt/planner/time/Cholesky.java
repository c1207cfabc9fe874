package smelt.planner.time;

/** A symmetric positive matrix as the product of a lower triangle and its transpose. */
final class Cholesky {
    /** The transpose: loops run along rows, which vector units like. */
    private final double[][] upper;

    /** @param matrix which is overwritten; its upper triangle counts */
    Cholesky(double[][] matrix) {
        upper = matrix;
        int n = upper.length;
        for (int j = 0; j < n; j++) {
            double[] row = upper[j];
            // a tiny pivot stands for one that rounding has made negative
            row[j] = Math.sqrt(Math.max(row[j], 1e-12));
            double scale = 1 / row[j];
            for (int k = j + 1; k < n; k++) {
                row[k] *= scale;
            }
            for (int i = j + 1; i < n; i++) {
                subtract(row, row[i], upper[i], i);
            }
        }
    }

    /** Takes {@code factor * row} from {@code target}, from column {@code first} on. */
    private static void subtract(double[] row, double factor, double[] target, int first) {
        for (int k = first; k < target.length; k++) {
            target[k] -= factor * row[k];
        }
    }

    double[] solve(double[] b) {
        double[] x = forward(b);
        for (int i = x.length - 1; i >= 0; i--) {
            for (int k = i + 1; k < x.length; k++) {
                x[i] -= upper[i][k] * x[k];
            }
            x[i] /= upper[i][i];
        }
        return x;
    }

    /** The solution for the lower triangle alone. */
    double[] forward(double[] b) {
        double[] x = b.clone();
        for (int j = 0; j < x.length; j++) {
            x[j] /= upper[j][j];
            subtract(upper[j], x[j], x, j + 1);
        }
        return x;
    }
}
