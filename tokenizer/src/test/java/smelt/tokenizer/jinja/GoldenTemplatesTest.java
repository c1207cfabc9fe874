package smelt.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every construct of the language, against what Jinja2 makes of it. */
class GoldenTemplatesTest {
    @Test
    void rendersOrFailsAsJinja2Does() throws IOException {
        List<Map<String, Object>> goldens = Goldens.parse(SmolLm2TemplateTest.resource("goldens.json"));
        assertThat(goldens).hasSizeGreaterThan(250);
        assertThat(Goldens.compareOwn(goldens)).isEmpty();
    }

    @Test
    void theComparisonSeesADifferenceOfOneCharacter() throws IOException {
        Map<String, Object> golden = new HashMap<>(
                Goldens.parse(SmolLm2TemplateTest.resource("goldens.json")).getFirst());
        golden.put("text", golden.get("text") + " ");
        assertThat(Goldens.compareOwn(List.of(golden))).hasSize(1);
    }
}
