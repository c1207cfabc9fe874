package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import smelt.planner.choice.PlanSetting;

/** Guards cli/: smelt plan on the catalogue and the forecaster that come with it. */
final class PlanCommandTest {
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
    void tellsWhetherTrainingHasRoom() {
        assertThat(run("plan", "train", "--model", "llama-2-70b", "--on", "8xRTX4090"))
                .isZero();
        assertThat(out.toString()).contains("has no room");
        assertThat(run("plan", "train", "--model", "llama-2-70b", "--on", "8xRTX4090", "--method", "some"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("method must be one of [full, lora, qlora]");
    }
}
