package smelt.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The template of the first model that smelt runs, on the chats whose rendering is known. */
class SmolLm2TemplateTest {
    static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(SmolLm2TemplateTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void rendersEveryKnownChatByteForByte() throws IOException {
        ChatTemplate template = new ChatTemplate(resource("smollm2.jinja"), "<|im_start|>", "<|im_end|>");
        List<Map<String, Object>> chats = Goldens.parse(resource("smollm2-chats.json"));
        assertThat(chats).hasSize(9);
        for (Map<String, Object> chat : chats) {
            List<Map<String, Object>> messages = Goldens.field(chat, "messages");
            assertThat(template.render(messages, null, true, Map.of())).isEqualTo(chat.get("rendered"));
        }
    }
}
