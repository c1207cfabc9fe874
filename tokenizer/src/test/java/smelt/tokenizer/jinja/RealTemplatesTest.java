package smelt.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The chat templates that models ship with, each with all chats of the oracle. */
class RealTemplatesTest {
    @Test
    void everyRealTemplateRendersOrFailsAsJinja2Does() throws IOException {
        String folder = System.getenv().getOrDefault("SMELT_TEST_TEMPLATES", "");
        assumeTrue(
                !folder.isEmpty(), "SMELT_TEST_TEMPLATES does not name the folder of check/oracles/templates.sh real");
        List<Map<String, Object>> goldens = Goldens.read(Path.of(folder, "goldens.json"));
        long templates = goldens.stream().map(c -> c.get("template")).distinct().count();
        long rendered = goldens.stream().filter(c -> c.containsKey("text")).count();
        System.out.println(
                templates + " real templates, " + goldens.size() + " cases, " + rendered + " of them render");
        assertThat(templates).isGreaterThanOrEqualTo(70);
        assertThat(Goldens.compareReal(Path.of(folder), goldens)).isEmpty();
    }
}
