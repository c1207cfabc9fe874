package smelt.planner.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.DType;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.model.Attention;
import smelt.planner.model.FeedForward;
import smelt.planner.model.LayerGroup;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Layout;
import smelt.planner.time.Load;
import smelt.planner.time.StepClock;

/** Guards planner/: of the machine that was calibrated, forecasts by shape agree with those by file. */
class MachineForecasterTest {
    private static final MachineCalibration MACHINE = SampleMachine.calibration();
    private static final Forecaster BASE = CalibratedForecaster.builtIn();
    private static final Forecaster HERE = new MachineForecaster(BASE, MACHINE);

    /** That of {@link SampleMachine#model}. */
    private static ModelShape shape(int width, int layers) {
        int heads = width / 64;
        return new ModelShape(
                "sample",
                512,
                width,
                true,
                4096,
                List.of(new LayerGroup(
                        layers,
                        new Attention.Grouped(heads, heads, 64, 64, 0, false, false, false),
                        new FeedForward.Dense(0, false))),
                "a test");
    }

    private static Deployment deployment(ModelShape shape, String engine) {
        return new Deployment(
                shape,
                NumberFormats.named("q4_0"),
                new Layout(MACHINE.device(), 1, 1, 1, 1, 1, false, 0),
                new Engine(engine, ""));
    }

    @Test
    void agreesWithTheForecastFromAFile() {
        MachineForecast exact = MachineForecast.of(MACHINE, SampleMachine.model(DType.Q4_0, 1024, 30), Scenarios.USUAL);
        Deployment here = deployment(shape(1024, 30), "smelt");
        Forecast decode = HERE.forecast(here, new Load(8, 128, 1, 0));
        assertThat(1e3
                        / decode.tpotMillis().value()
                        / exact.speed("decode 128 after 8").value())
                .isCloseTo(1, within(0.1));
        Forecast prompt = HERE.forecast(here, new Load(512, 1, 1, 0));
        assertThat(512e3
                        / prompt.ttftMillis().value()
                        / exact.speed("prefill 512").value())
                .isCloseTo(1, within(0.15));
        StepClock clock = HERE.clock(here);
        assertThat(16
                        / clock.seconds(0, 0, 16, 16 * 160)
                        / exact.speed("decode, 16 users").value())
                .isCloseTo(1, within(0.1));
        assertThat(decode.assumptions()).anyMatch(text -> text.contains("smelt plan calibrate"));
        assertThat(clock.kvTokens()).isEqualTo(BASE.clock(here).kvTokens());
    }

    @Test
    void usersShareTheMachine() {
        Deployment here = deployment(shape(1024, 30), "smelt");
        Forecast one = HERE.forecast(here, new Load(512, 64, 1, 0));
        Forecast many = HERE.forecast(here, new Load(512, 64, 16, 0));
        assertThat(many.tpotMillis().value()).isGreaterThan(one.tpotMillis().value());
        assertThat(many.ttftMillis().value()).isGreaterThan(one.ttftMillis().value());
        assertThat(many.tokensPerSecond().value())
                .isBetween(
                        one.tokensPerSecond().value(),
                        16 * one.tokensPerSecond().value());
        assertThat(many.ttftMillis().value() + 63 * many.tpotMillis().value())
                .isCloseTo(1e3 * 16 * 64 / many.tokensPerSecond().value(), within(1e-6));
        Forecast cached = HERE.forecast(here, new Load(512, 64, 1, 0.9));
        assertThat(cached.ttftMillis().value())
                .isLessThan(0.5 * one.ttftMillis().value());
    }

    @Test
    void whatIsNotOfThisMachineIsLeftToOthers() {
        Load load = new Load(512, 64, 4, 0);
        Deployment other = deployment(shape(1024, 30), "llama.cpp");
        assertThat(HERE.forecast(other, load)).isEqualTo(BASE.forecast(other, load));
        Deployment latent = deployment(ModelCatalogue.named("deepseek-v2-lite"), "smelt");
        assertThat(HERE.forecast(latent, load)).isEqualTo(BASE.forecast(latent, load));
    }

    @Test
    void theMachineIsADeviceNamedThis() {
        Catalogue catalogue = Catalogue.builtIn().with(MACHINE.device());
        assertThat(catalogue.device("this").name()).isEqualTo("a machine");
        assertThat(catalogue.device("this").watts().value()).isPositive();
        assertThat(Catalogue.builtIn().devices())
                .noneMatch(device -> device.name().equals("a machine"));
    }
}
