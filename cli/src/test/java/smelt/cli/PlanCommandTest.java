package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.planner.choice.PlanSetting;

/** Guards cli/: smelt plan on the catalogue and the forecaster that come with it. */
final class PlanCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void everySettingIsAnOption() {
        assertThat(run("plan", "--help")).isZero();
        assertThat(PlanSetting.ALL).allMatch(setting -> out.toString().contains("--" + setting.name()));
    }

    @Test
    void answersInTextJsonHtmlAndYaml() throws Exception {
        Path page = folder.resolve("plan.html");
        Path manifests = folder.resolve("plan.yaml");
        String[] question = {"plan", "--model", "llama-3.1-8b", "--own", "2xRTX4090", "--rate", "1/s"};
        assertThat(run(question)).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("rtx-4090")
                .contains("vllm serve meta-llama/Llama-3.1-8B")
                .contains("Assumptions:");
        out.getBuffer().setLength(0);
        assertThat(run(
                        "plan",
                        "--model",
                        "llama-3.1-8b",
                        "--own",
                        "2xRTX4090",
                        "--rate",
                        "1/s",
                        "--json",
                        "--html",
                        page.toString(),
                        "--manifests",
                        manifests.toString()))
                .isZero();
        var json = Json.tree(out.toString());
        assertThat(json.path("front").path(0).path("dollars_per_million").asDouble())
                .isPositive();
        assertThat(json.path("front").path(0).path("ttft_ms").path("high").asDouble())
                .isGreaterThan(
                        json.path("front").path(0).path("ttft_ms").path("low").asDouble());
        assertThat(Files.readString(page)).contains("<svg").doesNotContain("<script");
        assertThat(Files.readString(manifests)).contains("kind: Deployment");
    }

    @Test
    void aBadQuestionIsWrongUsage() throws Exception {
        assertThat(run("plan", "--model", "llama-3.1-8b", "--own", "4xRTX4O9O")).isEqualTo(2);
        assertThat(err.toString()).contains("rtx-4090");
        assertThat(run("plan", "--model", "llama-3.1-8b", "--own", "1xRTX4090", "--tpot", "1us"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("time per output token at most").contains("it would do");
        assertThat(run("plan", "--model", "llama-3.1-405b", "--own", "4xH100", "--weights", "bf16"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("no machine that can be had serves it");
        assertThat(run("plan")).isEqualTo(2);
        assertThat(run("plan", "--config", folder.resolve("none.yaml").toString()))
                .isEqualTo(2);
        assertThat(run("plan", "--rate", "-5")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aTraceIsPlayed() throws Exception {
        StringBuilder text = new StringBuilder("TIMESTAMP,ContextTokens,GeneratedTokens\n");
        for (int i = 0; i < 120; i++) {
            text.append(i / 4.0).append(',').append(200 + i).append(",40\n");
        }
        Path trace = Files.writeString(folder.resolve("requests.csv"), text);
        assertThat(run("plan", "--model", "llama-3.1-8b", "--own", "2xRTX4090", "--trace", trace.toString(), "--json"))
                .as(err.toString())
                .isZero();
        var json = Json.tree(out.toString());
        assertThat(json.path("workload").path("trace").path("requests").asInt()).isEqualTo(120);
        assertThat(json.path("front")
                        .path(0)
                        .path("replayed_trace")
                        .path("requests")
                        .asInt())
                .isEqualTo(120);
        assertThat(json.path("front").path(0).path("random_arrivals").isNull()).isTrue();
        Files.writeString(trace, text.toString().replace("7.5,", "7.1,"));
        assertThat(run("plan", "--model", "llama-3.1-8b", "--trace", trace.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("Line 32");
    }

    @Test
    void thisMachineMustHaveBeenCalibrated() {
        String none = folder.resolve("none.json").toString();
        assertThat(run("plan", "--model", "llama-3.1-8b", "--own", "this", "--calibration", none))
                .isEqualTo(2);
        assertThat(err.toString()).contains("not calibrated yet").contains("smelt plan calibrate");
    }

    @Test
    void optionsWinOverTheFile() throws Exception {
        Path file = Files.writeString(
                folder.resolve("q.yaml"), "model: llama-3.1-8b\nown: 1xRTX4090\nrate: 1/s\ntpot: 1us\n");
        assertThat(run("plan", "--config", file.toString(), "--tpot", "1s", "--json"))
                .as(err.toString())
                .isZero();
    }

    @Test
    void tellsWhetherAModelFits() {
        assertThat(run("plan", "fits", "llama-3.1-405b", "--on", "4xH100", "--weights", "bf16", "--json"))
                .isZero();
        assertThat(Json.tree(out.toString()).valueStream())
                .isNotEmpty()
                .noneMatch(n -> n.path("fits").asBoolean());
    }

    @Test
    void tellsWhetherTrainingHasRoom() {
        assertThat(run("plan", "train", "--model", "llama-2-70b", "--on", "8xRTX4090"))
                .isZero();
        assertThat(out.toString()).contains("has no room");
        assertThat(run("plan", "train", "--model", "llama-2-70b", "--on", "8xRTX4090", "--method", "some"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("method must be one of [full, lora, qlora]");
    }
}
