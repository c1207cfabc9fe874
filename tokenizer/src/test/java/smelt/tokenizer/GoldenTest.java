package smelt.tokenizer;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
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
}
