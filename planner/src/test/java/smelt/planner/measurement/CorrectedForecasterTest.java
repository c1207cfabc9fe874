package smelt.planner.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Interval;
import smelt.planner.time.Layout;
import smelt.planner.time.Load;

/** Guards planner/: what the user measured moves forecasts of the same, as far as it can be trusted. */
class CorrectedForecasterTest {
    private static final Forecaster BASE = CalibratedForecaster.builtIn();
    private static final Catalogue CATALOGUE = Catalogue.builtIn();
    private static final Load LOAD = new Load(1024, 128, 16, 0);

    @TempDir
    Path folder;

    private static Deployment deployment(String model, String device, String engine) {
        return new Deployment(
                ModelCatalogue.named(model),
                NumberFormats.named("bf16"),
                new Layout(CATALOGUE.device(device), 1, 1, 1, 1, 1, false, 0),
                new Engine(engine, ""));
    }

    private static final Deployment KNOWN = deployment("llama-3.1-8b", "h100", "vllm");

    /** As vllm bench serve writes it, of a run whose times are these multiples of what is forecast. */
    private Path result(String name, double ttft, double tpot) throws IOException {
        Forecast expected = BASE.forecast(KNOWN, LOAD);
        return Files.writeString(
                folder.resolve(name),
                String.format(
                        Locale.ROOT,
                        "{\"backend\": \"vllm\", \"model_id\": \"meta-llama/Llama-3.1-8B-Instruct\","
                                + " \"num_prompts\": 200,"
                                + " \"max_concurrency\": 16, \"completed\": 200, \"failed\": 0, \"total_input_tokens\":"
                                + " 204800, \"total_output_tokens\": 25600, \"request_throughput\": 4.0,"
                                + " \"output_throughput\": 512.0, \"mean_ttft_ms\": %f, \"mean_tpot_ms\": %f}",
                        ttft * expected.ttftMillis().value(),
                        tpot * expected.tpotMillis().value()));
    }

    private static CorrectedForecaster corrected(String... files) {
        return CorrectedForecaster.of(BASE, List.of(files), CATALOGUE);
    }

    @Test
    void theSameIsMovedMostAndOthersOfTheEngineLess() throws IOException {
        Path file = result("a.json", 2, 1.5);
        CorrectedForecaster corrected = corrected(file + "@h100:bf16");
        assertThat(corrected.unasked()).singleElement().asString().contains("a.json", "vllm on h100");
        Forecast before = BASE.forecast(KNOWN, LOAD);
        Forecast after = corrected.forecast(KNOWN, LOAD);
        double tpot = after.tpotMillis().value() / before.tpotMillis().value();
        assertThat(tpot).isCloseTo(Math.pow(1.5, 0.75), within(1e-3));
        assertThat(after.ttftMillis().value() / before.ttftMillis().value()).isCloseTo(Math.pow(2, 0.75), within(1e-3));
        assertThat(after.tokensPerSecond().value())
                .isLessThan(before.tokensPerSecond().value());
        assertThat(spread(after.ttftMillis())).isLessThan(spread(before.ttftMillis()));
        assertThat(after.assumptions())
                .anyMatch(text -> text.contains("a.json") && text.contains("x 1.36") && text.contains("x 1.68"));
        Deployment other = deployment("qwen3-8b", "h100", "vllm");
        assertThat(corrected.forecast(other, LOAD).tpotMillis().value()
                        / BASE.forecast(other, LOAD).tpotMillis().value())
                .isCloseTo(Math.sqrt(1.5), within(1e-3));
        for (Deployment far :
                List.of(deployment("llama-3.1-8b", "a100", "vllm"), deployment("llama-3.1-8b", "h100", "sglang"))) {
            assertThat(corrected.forecast(far, LOAD)).isEqualTo(BASE.forecast(far, LOAD));
        }
        assertThat(corrected.unasked()).isEmpty();
        assertThat(corrected.clock(KNOWN).seconds(0, 0, 16, 16000)
                        / BASE.clock(KNOWN).seconds(0, 0, 16, 16000))
                .isCloseTo(tpot, within(1e-6));
        assertThat(corrected.clock(KNOWN).kvTokens())
                .isEqualTo(BASE.clock(KNOWN).kvTokens());
    }

    private static double spread(Interval interval) {
        return interval.high() / interval.low();
    }

    @Test
    void manyPointsCountMoreAndOneThatIsOffCountsLittle() throws IOException {
        String[] files = new String[6];
        for (int i = 0; i < 6; i++) {
            files[i] = result(i + ".json", 1, i == 5 ? 20 : 1.3 + 0.01 * i) + "@h100:bf16";
        }
        double factor = corrected(files).forecast(KNOWN, LOAD).tpotMillis().value()
                / BASE.forecast(KNOWN, LOAD).tpotMillis().value();
        assertThat(factor).isBetween(Math.pow(1.3, 0.9), 1.35);
    }

    @Test
    void measurementsThatScatterWidenTheInterval() {
        var tight = Correction.of("m", points(0.1, 0.1, 0.1, 0.1));
        var loose = Correction.of("m", points(-0.4, 0.1, 0.6, 0.9));
        var forecast = new Interval(90, 100, 100 * 100 / 90.0);
        assertThat(spread(tight.applied(forecast))).isLessThan(spread(forecast));
        assertThat(spread(loose.applied(forecast))).isGreaterThan(spread(forecast));
        assertThat(Correction.of("m", points(Double.NaN))).isEqualTo(Correction.NONE);
        // a physical bound stays one
        assertThat(new Correction(-1, 1, 0.1)
                        .applied(new Interval(98, 100, 120))
                        .low())
                .isEqualTo(98);
    }

    private static List<Map.Entry<String, Double>> points(Double... logs) {
        return java.util.Arrays.stream(logs).map(log -> Map.entry("m", log)).toList();
    }

    @Test
    void whatIsMissingOrCannotBeIsTold() throws IOException {
        Path file = result("a.json", 1, 1);
        refused(file.toString(), "which device", "FILE@NxDEVICE");
        refused(file + "@h1000", "h1000", "FILE@NxDEVICE");
        refused(file + "@h100:fp7", "fp7");
        refused(file + "@0xh100", "0xh100");
        refused(file + "@h100:bf16:colour=red", "colour");
        refused(file + "@h100:bf16:model=lama-9", "lama-9");
        refused(file + "@rtx-3090:bf16:model=llama-3.1-70b", "no room");
        refused(result("fast.json", 1, 0.1) + "@h100:bf16", "cannot have run", "reads its weights");
        refused(folder.resolve("none.json") + "@h100", "There is no file");
        refused(Files.writeString(folder.resolve("x.json"), "{}") + "@h100", "no result of a program");
        assertThatThrownBy(() -> corrected(file + "@h1000", file + "@h2000"))
                .message()
                .contains("h1000", "h2000");
    }

    private static void refused(String run, String... said) {
        assertThatThrownBy(() -> corrected(run))
                .as(run)
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.INVALID_ARGUMENT))
                .message()
                .contains(said);
    }

    @Test
    void anEngineThatTheFileDoesNotTellIsSaid() throws IOException {
        Path summary = Files.writeString(folder.resolve("summary.txt"), """
                ================================================
                MLPerf Results Summary
                ================================================
                Scenario : Server
                Completed samples per second    : 10.00
                Completed tokens per second: 2940.00
                Result is : VALID
                Mean latency (ns)               : 17500000000
                Mean First Token latency (ns)               : 200000000
                Mean Time per Output Token (ns)                : 61400000
                """);
        refused(summary + "@8xh100:fp8:model=llama-2-70b:input=294", "which engine");
        assertThat(corrected(summary + "@8xh100:fp8:model=llama-2-70b:engine=trtllm:input=294")
                        .sentences())
                .singleElement()
                .asString()
                .startsWith("trtllm on h100");
    }
}
