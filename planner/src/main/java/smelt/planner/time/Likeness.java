package smelt.planner.time;

import java.util.Locale;
import smelt.planner.catalogue.JsonFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How alike the errors of two sites are expected to be: what all of an engine share, and two parts that fade with
 * distance. {@code likeness.json} has those that come with smelt.
 *
 * @param engine deviation of what all errors of an engine have in common, as a logarithm
 * @param noise deviation between two measurements of the same
 */
record Likeness(double engine, double noise, Part wide, Part near) {
    /** What errors are of. */
    enum Quantity {
        TPOT,
        TTFT
    }

    /**
     * Exp of minus a distance, times a variance.
     *
     * @param deviation of this part of errors
     * @param users e-folds of users that count as distance 1; so devices, input, output
     * @param engine squared distance between two engines; so the others
     * @param load between two that differ in input or output at all, as far as that is known
     */
    record Part(
            double deviation,
            double users,
            double devices,
            double input,
            double output,
            double engine,
            double version,
            double shape,
            double model,
            double device,
            double generation,
            double precision,
            double copies,
            double spread,
            double load,
            double tensor) {

        double between(Site a, Site b) {
            double d = square((a.logUsers() - b.logUsers()) / users)
                    + square((a.logDevices() - b.logDevices()) / devices)
                    + square((a.logInput() - b.logInput()) / input)
                    + square((a.logOutput() - b.logOutput()) / output);
            d += a.engine().equals(b.engine()) ? 0 : engine;
            d += a.engine().equals(b.engine()) && a.version().equals(b.version()) ? 0 : version;
            d += a.shape().equals(b.shape()) ? 0 : shape;
            d += a.model().equals(b.model()) ? 0 : model;
            d += a.device().equals(b.device()) ? 0 : device;
            d += a.generation() == b.generation() ? 0 : generation;
            d += a.precision() == b.precision() ? 0 : precision;
            d += a.copies() == b.copies() ? 0 : copies;
            d += a.spread() == b.spread() ? 0 : spread;
            d += a.logInput() == b.logInput() && a.logOutput() == b.logOutput() ? 0 : load;
            d += a.tensor() == b.tensor() ? 0 : tensor;
            return square(deviation) * Math.exp(-Math.sqrt(d));
        }
    }

    /** The one that comes with smelt. */
    static Likeness of(Site.Set set, Quantity quantity) {
        JsonNode node = JsonFile.resource("likeness.json")
                .path(set.name().toLowerCase(Locale.ROOT))
                .path(quantity.name().toLowerCase(Locale.ROOT));
        return JsonMapper.shared().treeToValue(node, Likeness.class);
    }

    /** The covariance of two errors. */
    double between(Site a, Site b) {
        double shared = a.engine().equals(b.engine()) ? square(engine) : 0;
        return shared + wide.between(a, b) + near.between(a, b);
    }

    /** Of errors far from any measurement. */
    double variance() {
        return square(engine) + square(wide.deviation()) + square(near.deviation());
    }

    private static double square(double x) {
        return x * x;
    }
}
