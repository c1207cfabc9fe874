package smelt.tokenizer.jinja;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import smelt.base.Failure;

/** Coverage-guided: any text as a template renders within the limits or fails; the seeds run in every build. */
class TemplateFuzzTest {
    private static final Template.Limits LIMITS = new Template.Limits(200_000, 400, 100_000);

    @FuzzTest(maxDuration = "1m")
    void anyTemplateEndsInTextOrAFailure(byte[] data) {
        String source = new String(data, StandardCharsets.UTF_8);
        Map<String, Object> message =
                Map.of("role", "user", "content", "Hi 🙂", "tool_calls", List.of(Map.of("a", 1L)));
        try {
            String text = Template.parse(source).render(Map.of("messages", List.of(message), "n", 1.5), LIMITS);
            Assertions.assertThat(text.length()).isLessThanOrEqualTo(LIMITS.outputChars());
        } catch (Failure expected) {
            Assertions.assertThat(expected.what()).isNotEmpty();
        }
    }
}
