package smelt.planner.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import smelt.base.Failure;

/** Guards what forecasts must never say, whatever the constants are. */
class CalibratedForecasterTest {
    private final CalibratedForecaster forecaster = CalibratedForecaster.builtIn();

    @Test
    void sequencesWithoutRoomForTheirKeysSaturate() {
        Deployment deployment = Hardware.deployment("llama-3.1-70b", "fp8", Hardware.h200(), 1, "vllm");
        Forecast full = forecaster.forecast(deployment, new Load(8192, 1024, 64, 0));
        assertThat(full.fits()).isTrue();
        assertThat(full.saturated()).isTrue();
        assertThat(full.ttftMillis().value()).isGreaterThan(10_000);
        assertThat(forecaster.forecast(deployment, new Load(8192, 1024, 8, 0)).saturated())
                .isFalse();
    }

    @Test
    void weightsLargerThanTheMemoryDoNotFit() {
        Deployment deployment = Hardware.deployment("llama-3.1-405b", "bf16", Hardware.h100(), 4, "vllm");
        assertThat(forecaster.forecast(deployment, new Load(1024, 1024, 1, 0)).fits())
                .isFalse();
        assertThat(forecaster
                        .forecast(
                                Hardware.deployment("llama-3.1-8b", "bf16", Hardware.h100(), 1, "vllm"),
                                new Load(1024, 1024, 1, 0))
                        .fits())
                .isTrue();
    }

    @Test
    void noTokenComesBeforeTheWeightsAreRead() {
        for (String engine : new String[] {"vllm", "trtllm", "sglang", "llama.cpp", "smelt", "another"}) {
            for (int users = 1; users <= 4096; users *= 8) {
                Deployment d = Hardware.deployment("llama-3.1-70b", "fp8", Hardware.h100(), 8, engine);
                Forecast f = forecaster.forecast(d, new Load(1024, 256, users, 0));
                double bound = 70.6e9 / 8 / 3.35e12 * 1e3 * 0.95;
                assertThat(f.tpotMillis().low()).isGreaterThan(bound);
                assertThat(f.tpotMillis().low())
                        .isLessThanOrEqualTo(f.tpotMillis().value());
                assertThat(f.tpotMillis().high()).isGreaterThan(f.tpotMillis().value());
                assertThat(f.ttftMillis().low())
                        .isPositive()
                        .isLessThan(f.ttftMillis().high());
            }
        }
    }

    @Test
    void whatWasMeasuredIsForecastMoreClosely() {
        Deployment known = Hardware.deployment("llama-3.1-70b", "fp8", Hardware.h200(), 2, "vllm");
        Deployment unknown = Hardware.deployment("llama-3.1-70b", "fp8", Hardware.h200(), 2, "another");
        Load load = new Load(1024, 1024, 16, 0);
        assertThat(width(forecaster.forecast(known, load).tpotMillis()))
                .isLessThan(width(forecaster.forecast(unknown, load).tpotMillis()));
    }

    private static double width(Interval interval) {
        return interval.high() / interval.low();
    }

    @Test
    void stepsTakeLongerWithMoreInThem() {
        StepClock clock = forecaster.clock(Hardware.deployment("llama-3.1-8b", "bf16", Hardware.h100(), 1, "vllm"));
        double one = clock.seconds(0, 0, 1, 1000);
        assertThat(one).isBetween(16e9 / 3.35e12, 0.02);
        assertThat(clock.seconds(0, 0, 64, 64_000)).isGreaterThan(one);
        assertThat(clock.seconds(2048, 2048L * 1024, 1, 1000)).isGreaterThan(2 * one);
        assertThat(clock.kvTokens()).isBetween(300_000L, 500_000L);
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() {
        Deployment d = Hardware.deployment("llama-3.1-8b", "bf16", Hardware.h100(), 0, "vllm");
        assertThatThrownBy(() -> forecaster.forecast(d, new Load(1, 1, 1, 0)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("tensor 0");
        Deployment good = Hardware.deployment("llama-3.1-8b", "bf16", Hardware.h100(), 1, "vllm");
        assertThatThrownBy(() -> forecaster.forecast(good, new Load(0, 1, 1, 0)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("one token in");
        assertThatThrownBy(() -> forecaster.forecast(good, new Load(1, 1, 1, Double.NaN)))
                .isInstanceOf(Failure.class);
    }
}
