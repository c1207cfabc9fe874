package smelt.planner.time;

/**
 * How alike the errors of two sites are expected to be: exp of minus a distance, times a variance.
 *
 * @param users e-folds of users that count as distance 1; so devices, input, output
 * @param engine squared distance between two engines; so the others
 * @param deviation of errors far from any measurement, as a logarithm
 * @param noise deviation between two measurements of the same
 */
record Likeness(
        double users,
        double devices,
        double input,
        double output,
        double engine,
        double version,
        double shape,
        double model,
        double device,
        double precision,
        double copies,
        double spread,
        double deviation,
        double noise) {
    static final Likeness TPOT =
            new Likeness(2.3, 1.5, 2.5, 4.3, 1.4, 0.11, 2.1, 0.75, 0.17, 0.25, 0.64, 0.14, 1.23, 0.06);
    static final Likeness TTFT =
            new Likeness(3.8, 2.8, 2.3, 6.1, 1.5, 0.11, 0.39, 0.32, 0.24, 1.1, 0.37, 0.27, 1.15, 0.13);

    double between(Site a, Site b) {
        double d = square((a.logUsers() - b.logUsers()) / users)
                + square((a.logDevices() - b.logDevices()) / devices)
                + square((a.logInput() - b.logInput()) / input)
                + square((a.logOutput() - b.logOutput()) / output);
        d += a.engine().equals(b.engine()) ? 0 : engine;
        d += a.version().equals(b.version()) ? 0 : version;
        d += a.shape().equals(b.shape()) ? 0 : shape;
        d += a.model().equals(b.model()) ? 0 : model;
        d += a.device().equals(b.device()) ? 0 : device;
        d += a.precision() == b.precision() ? 0 : precision;
        d += a.copies() == b.copies() ? 0 : copies;
        d += a.spread() == b.spread() ? 0 : spread;
        return Math.exp(-Math.sqrt(d));
    }

    private static double square(double x) {
        return x * x;
    }
}
