package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.server.Setting;
import smelt.server.SettingsReader;

/** Guards cli/: what smelt serve refuses before it listens. */
final class ServeCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void everySettingIsAnOption() {
        assertThat(run("serve", "--help")).isZero();
        assertThat(SettingsReader.ALL.stream()
                        .filter(setting -> !setting.name().equals("models"))
                        .map(Setting::option))
                .allMatch(option -> out.toString().contains(option));
    }

    @Test
    void tellsOfAllProblemsOfFileAndOptions() throws Exception {
        Path file = Files.writeString(folder.resolve("server.yaml"), "porf: 1\ndrain: never\n");
        assertThat(run("serve", "--config", file.toString(), "--port", "many", "--threads", "-1", "--host", "0.0.0.0"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("6 problems")
                .contains("no setting named porf; did you mean port?")
                .contains("drain must be like 30s")
                .contains("--port must be a whole number")
                .contains("--threads must be between 0 and 1024")
                .contains("there is no model to serve")
                .contains("no API key is set");
    }

    @Test
    void refusesToBeReachedByAllWithoutAKey() {
        assertThat(run("serve", "--offline", "--host", "0.0.0.0", "--port", "0", "smollm2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("no API key is set").contains("--api-key-file");
    }

    @Test
    void refusesAFileOfSettingsThatIsNotThere() {
        assertThat(run("serve", "--config", folder.resolve("none.yaml").toString(), "smollm2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("none.yaml");
    }

    @Test
    void hintsAtTheOptionThatWasMeant() {
        assertThat(run("serve", "--prt", "1", "smollm2")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean --port?");
    }
}
