package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import smelt.server.FieldsPage;

/** Guards docs/server-fields.md: it says what the server's tables say. {@code scripts/pages} writes it. */
final class ServerFieldsPageTest {
    private static final Path PAGE = Path.of("docs/server-fields.md");

    @Test
    void thePageIsWhatTheTablesSay() throws IOException {
        String page = FieldsPage.markdown();
        if (Boolean.getBoolean("smelt.pages.write")) {
            Files.writeString(Project.ROOT.resolve(PAGE), page);
        }
        assertThat(Project.text(PAGE))
                .as("docs/server-fields.md is old; scripts/pages makes it anew")
                .isEqualTo(page);
    }
}
