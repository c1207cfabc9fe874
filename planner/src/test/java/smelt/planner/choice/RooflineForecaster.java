package smelt.planner.choice;

import java.util.List;
import java.util.Objects;
import smelt.planner.catalogue.Figure;
import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Interval;
import smelt.planner.time.Layout;
import smelt.planner.time.Load;
import smelt.planner.time.MemoryUse;
import smelt.planner.time.StepClock;

/** A forecaster of tests: bytes by bandwidth, operations by peak, both at half, for a model of 69e9 weights. */
public final class RooflineForecaster implements Forecaster {
    private static final double WEIGHTS = 69e9;
    private static final double KV_BYTES = 80 * 2 * 8 * 128 * 2;
    private static final double REACHED = 0.5;

    @Override
    public Forecast forecast(Deployment deployment, Load load) {
        Layout layout = deployment.layout();
        double bytes = WEIGHTS * deployment.formats().weights().bitsPerWeight() / 8 / layout.devices();
        double available = layout.device().memoryBytes().value() * 0.92;
        double room = (available - bytes) * layout.devices() / KV_BYTES;
        StepClock clock = clock(deployment);
        int tokens = load.input() + load.output();
        double wanted = (double) load.concurrency() * tokens;
        double step = clock.seconds(0, 0, load.concurrency(), (long) wanted);
        double prefill = clock.seconds(load.input(), (long) load.input() * load.input() / 2, 0, 0);
        double tpot = step + prefill * load.concurrency() / load.output();
        double ttft = prefill * 2;
        double rate = load.concurrency() * load.output() / (ttft + tpot * load.output());
        return new Forecast(
                around(ttft * 1e3),
                around(tpot * 1e3),
                around(rate),
                new MemoryUse(
                        (long) bytes, (long) (wanted * KV_BYTES / layout.devices()), 0, 0, (long) available, (long)
                                room),
                room >= tokens,
                room < wanted,
                1,
                List.of("A roofline."));
    }

    private static Interval around(double value) {
        return new Interval(value * 0.8, value, value * 1.25);
    }

    @Override
    public StepClock clock(Deployment deployment) {
        Layout layout = deployment.layout();
        Figure one = Objects.requireNonNull(
                layout.device().flops().get(deployment.formats().arithmetic()));
        double peak = one.value() * layout.devices();
        double bandwidth = layout.device().memoryBandwidth().value() * layout.devices();
        double bytes = WEIGHTS * deployment.formats().weights().bitsPerWeight() / 8;
        return new StepClock() {
            @Override
            public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
                double read = (bytes + decodeContext * KV_BYTES) / (bandwidth * REACHED);
                double computed = 2 * WEIGHTS * (promptRows + decodeRows) / (peak * REACHED);
                return Math.max(read, computed) + 1e-4;
            }

            @Override
            public long kvTokens() {
                return 1 << 20;
            }
        };
    }
}
