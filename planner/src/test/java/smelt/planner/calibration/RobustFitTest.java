package smelt.planner.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Guards the fit of times: known coefficients come back, whatever a few measurements say. */
class RobustFitTest {
    private static final long SEED = 7;
    private static final double[] TRUE = {2.5e-6, 1 / 30e9, 4e-9};

    private final Random random = new Random(SEED);

    private double[][] features() {
        double[][] features = new double[60][];
        for (int i = 0; i < features.length; i++) {
            features[i] = new double[] {1, 1e4 * Math.pow(1e3, random.nextDouble()), 16 * (1 + random.nextInt(500))};
        }
        return features;
    }

    private static double seconds(double[] row) {
        return row[0] * TRUE[0] + row[1] * TRUE[1] + row[2] * TRUE[2];
    }

    @Test
    void findsKnownCoefficients() {
        double[][] features = features();
        double[] seconds = new double[features.length];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = seconds(features[i]);
        }
        double[] fitted = RobustFit.fit(features, seconds);
        for (int j = 0; j < TRUE.length; j++) {
            assertThat(fitted[j] / TRUE[j])
                    .as("coefficient %d, seed %d", j, SEED)
                    .isCloseTo(1, within(0.02));
        }
    }

    @Test
    void isNotLedAstrayByAFewDisturbedMeasurements() {
        double[][] features = features();
        double[] seconds = new double[features.length];
        for (int i = 0; i < seconds.length; i++) {
            double noise = 1 + 0.01 * random.nextGaussian();
            seconds[i] = seconds(features[i]) * noise * (i % 10 == 0 ? 3 : 1);
        }
        double[] fitted = RobustFit.fit(features, seconds);
        for (double[] row : features) {
            double told = row[0] * fitted[0] + row[1] * fitted[1] + row[2] * fitted[2];
            assertThat(told / seconds(row)).as("seed %d", SEED).isCloseTo(1, within(0.05));
        }
    }

    @Test
    void tellsNothingNegative() {
        double[][] features = {{1, 1}, {1, 2}, {1, 3}};
        for (double each : RobustFit.fit(features, new double[] {3, 2, 1})) {
            assertThat(each).isNotNegative();
        }
    }
}
