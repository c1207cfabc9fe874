package smelt.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Guards the tokenizer room with SmolLM2's own vocabulary: set SMELT_SMOLLM2 to its GGUF file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmolLm2Test {
    private Tokenizer tokenizer;
    private JsonNode golden;

    @BeforeAll
    void load() throws IOException {
        String file = System.getenv("SMELT_SMOLLM2");
        assumeTrue(file != null && Files.isRegularFile(Path.of(file)), "SMELT_SMOLLM2 names no file");
        tokenizer = Tokenizers.fromGguf(GgufMetadata.read(Path.of(file)));
        try (InputStream in = getClass().getResourceAsStream("smollm2-tokenize.json")) {
            golden = JsonMapper.builder().build().readTree(Objects.requireNonNull(in));
        }
    }

    @Test
    void encodesAndDecodesAsTheReference() {
        assertThat(golden.size()).isGreaterThan(15);
        for (JsonNode entry : golden) {
            String text = entry.path("text").stringValue();
            int[] ids = tokenizer.encode(text, true, true);
            assertThat(ids).as(text).isEqualTo(ids(entry));
            assertThat(tokenizer.decode(ids, true))
                    .isEqualTo(entry.path("decoded").stringValue());
        }
    }

    @Test
    void streamsWhatItDecodes() {
        for (JsonNode entry : golden) {
            StreamingDecoder decoder = tokenizer.decoder(true);
            StringBuilder text = new StringBuilder();
            for (int id : ids(entry)) {
                text.append(decoder.push(id));
            }
            assertThat(text.append(decoder.flush()).toString())
                    .isEqualTo(entry.path("decoded").stringValue());
        }
    }

    @Test
    void knowsItsEndTokens() {
        assertThat(tokenizer.eos()).hasValue(2);
        assertThat(tokenizer.bos()).hasValue(1);
        assertThat(tokenizer.endIds()).contains(2).doesNotContain(1);
        assertThat(tokenizer.bytes(2, false)).isEmpty();
        assertThat(tokenizer.encode("<|im_end|>", false, false)).hasSizeGreaterThan(1);
    }

    private static int[] ids(JsonNode entry) {
        return entry.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
    }
}
