package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import smelt.base.Option;

/** Guards docs/options.md: every option of the registry is there, as the code has it. */
final class OptionsPageTest {
    @Test
    void thePageHoldsTheTableOfTheRegistry() {
        String table = Option.all().stream().map(OptionsPageTest::row).collect(Collectors.joining());
        assertThat(Project.text(Path.of("docs/options.md")))
                .as("docs/options.md must hold these rows, in this order:\n%s", table)
                .contains("| name | default | meaning |\n|---|---|---|\n" + table + "\n");
    }

    private static String row(Option<?> option) {
        String shown = String.valueOf(option.defaultValue());
        return "| `%s` | %s | %s |\n"
                .formatted(
                        option.name(),
                        shown.isEmpty() ? "" : "`" + shown + "`",
                        option.meaning().replace("|", "\\|"));
    }
}
