package smelt.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Calibration;
import smelt.planner.time.Measurement;

/**
 * Guards how well forecasts come out for measurements that were left out, so that a change cannot spoil them unseen.
 */
class AccuracyTest {
    private static final int FOLD = 5;

    @Test
    void otherLoadsOfWhatWasMeasuredAreForecastClosely() {
        List<Measurement> all = Measurements.toFit(Measurements.rows());
        List<Measurement> rest = new ArrayList<>();
        List<Measurement> held = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            (i % FOLD == 0 ? held : rest).add(all.get(i));
        }
        var forecaster = new CalibratedForecaster(Calibration.of(rest));
        double[] dense = errors(forecaster, held, m -> !m.deployment().model().hasExperts());
        double[] experts = errors(forecaster, held, m -> m.deployment().model().hasExperts());
        assertThat(dense[dense.length / 2]).as("median, dense").isLessThan(0.04);
        assertThat(dense[dense.length * 9 / 10]).as("90th percentile, dense").isLessThan(0.15);
        assertThat(experts[experts.length / 2]).as("median, experts").isLessThan(0.08);
        assertThat(experts[experts.length * 9 / 10])
                .as("90th percentile, experts")
                .isLessThan(0.3);
    }

    @Test
    void aModelNewOnADeviceIsForecastClosely() {
        List<Measurement> all = Measurements.toFit(Measurements.rows());
        Predicate<Measurement> held = m -> m.deployment().model().name().equals("llama-3.1-70b")
                && m.deployment().layout().device().name().equals("h200-sxm");
        var forecaster = new CalibratedForecaster(
                Calibration.of(all.stream().filter(held.negate()).toList()));
        double[] errors = errors(forecaster, all.stream().filter(held).toList(), m -> true);
        assertThat(errors[errors.length / 2]).as("median").isLessThan(0.1);
        assertThat(errors[errors.length * 9 / 10]).as("90th percentile").isLessThan(0.25);
    }

    @Test
    void rowsOfOtherDeploymentsThanTheyNameAreKnown() {
        List<Measurement> all = Measurements.toFit(Measurements.rows());
        List<Measurement> odd = all.stream().filter(m -> !m.explained()).toList();
        assertThat(odd).hasSize(50);
        assertThat(odd).anyMatch(m -> m.deployment().layout().tensor() == 36);
        assertThat(odd).anyMatch(m -> m.load().input() == 15_000 && m.load().concurrency() == 416);
    }

    private static double[] errors(
            CalibratedForecaster forecaster, List<Measurement> held, Predicate<Measurement> which) {
        double[] errors = held.stream()
                .filter(m -> !m.deployment().layout().disaggregated() && which.test(m))
                .mapToDouble(m -> Math.abs(forecaster
                                        .forecast(m.deployment(), m.load())
                                        .tpotMillis()
                                        .value()
                                / m.tpotMillis()
                        - 1))
                .toArray();
        Arrays.sort(errors);
        assertThat(errors.length).isGreaterThan(50);
        return errors;
    }

    @Test
    void theShippedBoardIsReadable() {
        assertThat(ErrorBoard.builtIn().lines()).hasSizeGreaterThan(15);
    }
}
