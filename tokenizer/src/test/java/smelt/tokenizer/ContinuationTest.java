package smelt.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Guards the tokenizer room: the text of a prompt and that of its continuation are the text of both, wherever they are
 * parted. What the text of all is, {@link GoldenTest} compares with the libraries.
 */
class ContinuationTest {
    private static final JsonNode NONE = MissingNode.getInstance();
    private static final TokenizerConfig NO_CONFIG = TokenizerConfig.read(NONE, NONE, NONE);
    private static final List<String> TEXTS = List.of(
            "the quick brown fox jumps",
            "  two  spaces  ",
            "caf\u00e9 \u4f60\u597d \ud83d\ude00\ud83d\ude00 end",
            "a",
            "\n\tx\n y");

    private static Map<String, Tokenizer> tokenizers() {
        Map<String, Tokenizer> all = new LinkedHashMap<>();
        for (String name : List.of("spm-bpe", "spm-unigram", "spm-unigram-bytes")) {
            byte[] model = Goldens.bytes(name + ".model");
            all.put(name, new SentencePieceFile(ByteBuffer.wrap(model)).build(NO_CONFIG));
        }
        for (JsonNode golden : Goldens.all().cases("cases")) {
            all.put(
                    golden.path("name").stringValue(),
                    new TokenizerJson(Goldens.all().tokenizerJson(golden)).build(NO_CONFIG));
        }
        return all;
    }

    @TestFactory
    Stream<DynamicTest> promptAndContinuationAreTheWhole() {
        return tokenizers().entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    for (String text : TEXTS) {
                        int[] ids = entry.getValue().encode(text, true, true);
                        for (int at = 0; at <= ids.length; at++) {
                            assertWhole(entry.getValue(), ids, at);
                        }
                    }
                }));
    }

    private static void assertWhole(Tokenizer tokenizer, int[] ids, int at) {
        int[] prompt = Arrays.copyOf(ids, at);
        StreamingDecoder before = tokenizer.decoder();
        StreamingDecoder behind = tokenizer.decoder().follow(prompt);
        StringBuilder text = new StringBuilder();
        Arrays.stream(prompt).forEach(id -> text.append(before.push(id)));
        for (int i = at; i < ids.length; i++) {
            text.append(behind.push(ids[i]));
        }
        text.append(behind.flush());
        assertThat(text.toString())
                .as("parted at %d of %s", at, Arrays.toString(ids))
                .isEqualTo(tokenizer.decode(ids, false));
    }

    /** As the sentencepiece library decodes the first five of these pieces, and all of them. */
    @Test
    void theSpaceBeforeTheFirstWordStays() {
        byte[] model = Goldens.bytes("spm-bpe.model");
        Tokenizer tokenizer = new SentencePieceFile(ByteBuffer.wrap(model)).build(NO_CONFIG);
        int[] ids = tokenizer.encode("the quick brown fox jumps", false, true);
        int[] prompt = Arrays.copyOf(ids, 5);
        int[] rest = Arrays.copyOfRange(ids, 5, ids.length);
        assertThat(tokenizer.decode(prompt, false)).isEqualTo("the quick");
        StreamingDecoder behind = tokenizer.decoder().follow(prompt);
        StringBuilder text = new StringBuilder();
        Arrays.stream(rest).forEach(id -> text.append(behind.push(id)));
        assertThat(text.toString()).isEqualTo(" brown fox jumps");
        // an answer of its own begins with its first word
        assertThat(tokenizer.decode(rest, false)).isEqualTo("brown fox jumps");
    }

    /** Behind control tokens alone the text begins, as it does when all is decoded. */
    @Test
    void behindNothingThatIsShownTheTextBegins() {
        byte[] model = Goldens.bytes("spm-bpe.model");
        Tokenizer tokenizer = new SentencePieceFile(ByteBuffer.wrap(model)).build(NO_CONFIG);
        int begin = tokenizer.bos().orElseThrow();
        int word = tokenizer.encode("the", false, true)[0];
        assertThat(tokenizer.decoder().follow(new int[] {begin}).push(word)).isEqualTo("the");
        assertThat(tokenizer.decoder().follow(new int[] {begin, word}).push(word))
                .isEqualTo(" the");
    }
}
