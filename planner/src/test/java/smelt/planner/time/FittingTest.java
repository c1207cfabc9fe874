package smelt.planner.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Guards the arithmetic of learning from measurements. */
class FittingTest {
    @Test
    void aCurveIsFoundDespiteOutliers() {
        LeastSquares.Residuals residuals = (x, into) -> {
            for (int i = 0; i < into.length; i++) {
                double t = i / 10.0;
                double seen = i % 10 == 9 ? 30 : 2 * Math.exp(-0.5 * t);
                into[i] = (x[0] * Math.exp(-x[1] * t) - seen) / 0.01;
            }
        };
        double[] x = new LeastSquares(residuals, 100, new double[] {1, 1, 7}, new double[] {10, 10, 0}).solve(100);
        assertThat(x[0]).isCloseTo(2, within(0.02));
        assertThat(x[1]).isCloseTo(0.5, within(0.02));
        assertThat(x[2]).as("an unknown without spread stays").isEqualTo(7);
    }

    @Test
    void aPriorHoldsWhereNothingIsMeasured() {
        double[] x = new LeastSquares((p, into) -> {}, 0, new double[] {3}, new double[] {1}).solve(10);
        assertThat(x).containsExactly(3);
    }

    @Test
    void aTriangleSolvesWhatItCameFrom() {
        double[][] a = {{4, 2, 1}, {2, 5, 3}, {1, 3, 6}};
        double[] x = {1, -2, 3};
        double[] b = new double[3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                b[i] += a[i][j] * x[j];
            }
        }
        assertThat(new Cholesky(a).solve(b)).containsExactly(x, within(1e-12));
    }

    private static final Likeness TPOT = Likeness.of(Site.Set.DENSE, Likeness.Quantity.TPOT);

    @Test
    void anErrorIsToldAgainNearByAndForgottenFarAway() {
        Site here = site("vllm", 16);
        var kriging = new Kriging(TPOT, List.of(new Kriging.Point(here, 0.4)));
        Kriging.Guess same = kriging.at(here);
        assertThat(same.error()).isCloseTo(0.4, within(0.01));
        assertThat(same.nearness()).isLessThan(0.1);
        Kriging.Guess near = kriging.at(site("vllm", 32));
        Kriging.Guess far = kriging.at(site("another", 4096));
        assertThat(near.error()).isBetween(0.2, 0.4);
        assertThat(far.error()).isLessThan(near.error() / 2);
        assertThat(far.nearness()).isGreaterThan(near.nearness());
    }

    @Test
    void nothingMeasuredTellsNothing() {
        assertThat(new Kriging(TPOT, List.of()).at(site("vllm", 1))).isEqualTo(new Kriging.Guess(0, 1));
    }

    @Test
    void intervalsHoldNineInTen() {
        var random = new Random(5);
        List<Outcome> outcomes = new ArrayList<>();
        Deployment d = Hardware.deployment("llama-3.1-8b", "bf16", Hardware.h100(), 1, "vllm");
        for (int i = 0; i < 2000; i++) {
            double measured = 10 * Math.exp(0.1 * random.nextGaussian());
            var interval = new Interval(10, 10, 10);
            var forecast = new Forecast(
                    interval, interval, interval, new MemoryUse(0, 0, 0, 0, 0, 0), true, false, 1, List.of());
            var load = new Load(1, 1, 1, 0);
            outcomes.add(new Outcome(new Measurement(d, load, measured, measured), forecast, 0.5, 0.5));
        }
        Calibration calibration = Calibration.of(List.of()).withIntervals(outcomes);
        Interval interval = calibration.tpotInterval(outcomes.getFirst());
        assertThat(Math.log(interval.high() / interval.value())).isCloseTo(0.1645, within(0.01));
    }

    private static Site site(String engine, int users) {
        return new Site(
                Site.Set.DENSE,
                engine,
                "",
                "m",
                "s",
                "d",
                1,
                0,
                1,
                false,
                false,
                Math.log(users),
                0,
                Math.log(1024),
                5);
    }
}
