package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.server.SettingsReader;

/** Guards docs/server.md: it holds the server's table of settings. */
final class ServerPageTest {
    @Test
    void thePageHasEverySetting() {
        List<String> rows = SettingsReader.ALL.stream()
                .map(setting -> "| `%s` | %s | %s | %s |"
                        .formatted(
                                setting.name(),
                                setting.name().equals("models") ? "" : "`" + setting.option() + "`",
                                setting.usual(),
                                setting.meaning().replace("*", "\\*")))
                .toList();
        String page = Project.text(Path.of("docs/server.md"));
        String section = page.substring(page.indexOf("## Settings"));
        assertThat(section.lines().filter(line -> line.startsWith("| `")))
                .as("docs/server.md must hold these rows:%n%s", String.join("\n", rows))
                .containsExactlyElementsOf(rows);
    }
}
