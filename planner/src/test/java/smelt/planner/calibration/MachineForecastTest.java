package smelt.planner.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.DType;
import smelt.compiler.StepProgram;
import smelt.planner.time.Interval;
import smelt.runtime.LoadPlan;

/** Guards forecasts for this machine: known rates lead to known speeds, of models that were not measured. */
class MachineForecastTest {
    private static final MachineCalibration MACHINE = SampleMachine.calibration();

    private static MachineForecast forecast(LoadPlan plan) {
        return MachineForecast.of(MACHINE, plan, Scenarios.USUAL);
    }

    @Test
    void forecastsAnotherModelFromKnownRates() {
        LoadPlan plan = SampleMachine.model(DType.Q4_0, 1024, 30);
        double seconds = 0;
        StepShape step = StepShape.decode(Scenarios.SHORT_PROMPT + Scenarios.USUAL.output() / 2);
        for (StepProgram.Call call : plan.program().layers().getFirst()) {
            seconds += 30 * SampleMachine.seconds(CallWork.of(call, 1024, false), step, true);
        }
        for (StepProgram.Call call : plan.program().head()) {
            seconds += SampleMachine.seconds(CallWork.of(call, 1024, true), step, true);
        }
        double rate = 1 / (1.01 * seconds + 5e-6);
        Interval told = forecast(plan).speed("decode 128 after 8");
        assertThat(told.value() / rate).isCloseTo(1, within(0.05));
        assertThat(told.low()).isLessThan(rate);
        assertThat(told.high()).isGreaterThan(rate);
    }

    @Test
    void isFiniteAndOrdered() {
        for (int width : List.of(64, 256, 2048)) {
            MachineForecast forecast = forecast(SampleMachine.model(DType.Q4_0, width, 2));
            assertThat(forecast.remarks()).isEmpty();
            assertThat(forecast.speeds()).hasSize(4);
            forecast.speeds().values().forEach(speed -> {
                assertThat(speed.low()).isPositive().isLessThan(speed.value());
                assertThat(speed.high()).isFinite().isGreaterThan(speed.value());
            });
            assertThat(forecast.speed("decode 32 after 2048").value())
                    .isLessThan(forecast.speed("decode 128 after 8").value());
        }
    }

    @Test
    void takesLongerForLargerModels() {
        MachineForecast small = forecast(SampleMachine.model(DType.Q4_0, 512, 4));
        MachineForecast large = forecast(SampleMachine.model(DType.Q4_0, 1024, 4));
        small.speeds()
                .forEach((name, speed) ->
                        assertThat(large.speed(name).value()).as(name).isLessThan(speed.value()));
        assertThat(large.residentBytes().value())
                .isGreaterThan(small.residentBytes().value());
    }

    @Test
    void saysWhatWasNotMeasured() {
        MachineForecast known = forecast(SampleMachine.model(DType.Q4_0, 512, 4));
        MachineForecast forecast = forecast(SampleMachine.model(DType.Q5_0, 512, 4));
        assertThat(forecast.remarks()).singleElement().asString().contains("Q5_0");
        Interval sure = known.speed("prefill 512");
        Interval unsure = forecast.speed("prefill 512");
        assertThat(unsure.high() / unsure.low()).isGreaterThan(sure.high() / sure.low());
    }

    @Test
    void countsTheMemoryThatIsWritten() {
        LoadPlan plan = SampleMachine.model(DType.Q4_0, 512, 4);
        long written = MachineForecast.residentBytes(plan, 16);
        assertThat(written).isLessThan(plan.need().total());
        assertThat(written).isGreaterThan(plan.need().weights() + plan.need().cache());
        assertThat(forecast(plan).residentBytes().value()).isEqualTo(written + MACHINE.overheadBytes());
    }
}
