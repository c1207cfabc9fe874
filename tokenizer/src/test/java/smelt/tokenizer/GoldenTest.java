package smelt.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import smelt.formats.Metadata;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Guards the tokenizer room: ids and text equal those of the tokenizers and sentencepiece libraries. */
class GoldenTest {
    private static final JsonNode NONE = MissingNode.getInstance();
    private static final TokenizerConfig NO_CONFIG = TokenizerConfig.read(NONE, NONE, NONE);

    @TestFactory
    Stream<DynamicTest> tokenizerJson() {
        return Goldens.all().cases("cases").stream()
                .map(golden -> dynamicTest(golden.path("name").stringValue(), () -> {
                    JsonNode json = Goldens.all().tokenizerJson(golden);
                    Goldens.all().compare(new TokenizerJson(json).build(NO_CONFIG), golden, true);
                }));
    }

    @TestFactory
    Stream<DynamicTest> sentencePieceModel() {
        return Goldens.all().cases("sentencepiece").stream()
                .map(golden -> dynamicTest(golden.path("name").stringValue(), () -> {
                    byte[] model = Goldens.bytes(golden.path("name").stringValue() + ".model");
                    Goldens.all()
                            .compare(new SentencePieceFile(ByteBuffer.wrap(model)).build(NO_CONFIG), golden, false);
                }));
    }

    /** The names that GGUF gives to pre-tokenizers stand for the same patterns as the families' tokenizer.json. */
    @TestFactory
    Stream<DynamicTest> ggufWithTheSameVocabulary() {
        return Goldens.all().cases("cases").stream()
                .filter(golden -> golden.path("tokenizer")
                        .path("model")
                        .path("of")
                        .stringValue()
                        .equals("bytes"))
                .map(golden -> dynamicTest(golden.path("name").stringValue(), () -> {
                    Tokenizer json = new TokenizerJson(Goldens.all().tokenizerJson(golden)).build(NO_CONFIG);
                    Tokenizer gguf = Tokenizers.fromGguf(gguf(golden, json));
                    for (String text : Goldens.all().plainTexts()) {
                        assertThat(gguf.encode(text, false, true)).as(text).isEqualTo(json.encode(text, false, true));
                    }
                }));
    }

    private static Metadata gguf(JsonNode golden, Tokenizer json) {
        List<String> tokens = new ArrayList<>();
        List<Long> types = new ArrayList<>();
        for (int id = 0; id < json.vocabularySize(); id++) {
            tokens.add(json.piece(id));
            types.add(json.isControl(id) ? 3L : 1L);
        }
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : Goldens.all().model("bytes").path("merges")) {
            merges.add(
                    merge.isString()
                            ? merge.stringValue()
                            : merge.path(0).stringValue() + " " + merge.path(1).stringValue());
        }
        return new Metadata(Map.of(
                "tokenizer.ggml.model", "gpt2",
                "tokenizer.ggml.pre", golden.path("name").stringValue(),
                "tokenizer.ggml.tokens", tokens,
                "tokenizer.ggml.token_type", types,
                "tokenizer.ggml.merges", merges));
    }
}
