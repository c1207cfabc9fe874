package smelt.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Figure;
import smelt.planner.catalogue.Precision;
import smelt.planner.model.Counts;
import smelt.planner.model.LayerGroup;
import smelt.planner.model.LayerParameters;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Layout;

/**
 * No measurement beats what memory and arithmetic allow: one that does tells of a size, a peak or a unit that is wrong
 * (sparse peaks for dense ones, both ways of a link for one).
 */
class BoundsTest {
    @Test
    void noMeasuredTokenComesBeforeItsWeightsAreRead() {
        List<Row> rows = Measurements.rows().rows();
        assertThat(rows).anyMatch(row -> row.deployment().model().hasExperts());
        for (Row row : rows) {
            assertThat(Objects.requireNonNull(row.measured()).tpotMillis() / 1e3)
                    .as(row.fields().getFirst())
                    .isGreaterThan(readSeconds(row.deployment()));
        }
    }

    @Test
    void noPublishedTokenComesBeforeItsWeightsAreRead() {
        for (Published p : Published.builtIn()) {
            double seconds = switch (p.quantity()) {
                case TOKEN_MS -> p.value() / 1e3;
                case DECODE -> 1 / p.value();
                case OFFLINE, SERVER, PROMPT_MS, PROMPT -> Double.POSITIVE_INFINITY;
            };
            p.deployments().forEach(d -> assertThat(seconds).as(p.text()).isGreaterThan(readSeconds(d)));
        }
    }

    @Test
    void noPublishedRateBeatsTheArithmetic() {
        for (Published p : Published.builtIn()) {
            double operations = 2.0 * matrices(p.model());
            double perSecond = switch (p.quantity()) {
                case OFFLINE, SERVER -> operations * p.value() * (p.input() + p.output()) / p.output();
                case PROMPT -> operations * p.value();
                case PROMPT_MS -> operations * p.input() * 1e3 / p.value();
                case DECODE, TOKEN_MS -> 0;
            };
            double peak =
                    p.devices() * peak(p.device(), p.formats().feedForward().arithmetic());
            assertThat(perSecond / peak).as(p.text()).isLessThan(0.8);
        }
    }

    /** Parameters that a token is multiplied with; of the experts those that it chooses. */
    private static long matrices(ModelShape model) {
        return Counts.activeParameters(model) - 2 * Counts.embedding(model);
    }

    private static double peak(Device device, Precision precision) {
        Figure figure = device.flops().getOrDefault(precision, device.flops().get(Precision.BF16));
        return Objects.requireNonNull(figure).value();
    }

    /** One expert set is the least that a step reads: a batch chooses more. */
    private static double readSeconds(Deployment d) {
        ModelShape model = d.model();
        NumberFormats formats = d.formats();
        Layout layout = d.layout();
        double fixed = Counts.embedding(model) * formats.keptWide().bitsPerWeight() / 8;
        double experts = 0;
        for (LayerGroup group : model.layers()) {
            LayerParameters layer = Counts.layer(model, group);
            fixed += group.count() * layer.attention() * formats.weights().bitsPerWeight() / 8;
            fixed += group.count() * layer.feedForward() * formats.feedForward().bitsPerWeight() / 8;
            experts += (double) group.count()
                    * layer.active()
                    * layer.expert()
                    * formats.expertWeights().bitsPerWeight()
                    / 8;
        }
        double bytes = fixed / layout.tensor() + experts / (layout.tensor() * layout.data());
        return bytes / layout.device().memoryBandwidth().value();
    }
}
