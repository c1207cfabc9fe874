package smelt.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Guards the tokenizer room: whatever a file holds, the outcome is a tokenizer or a failure, and soon. */
class HostileVocabularyTest {
    private static final JsonNode NONE = MissingNode.getInstance();
    private static final TokenizerConfig NO_CONFIG = TokenizerConfig.read(NONE, NONE, NONE);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static Map<String, Object> sound() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("tokenizer.ggml.model", "gpt2");
        values.put("tokenizer.ggml.pre", "qwen2");
        values.put("tokenizer.ggml.tokens", List.of("a", "b", "ab", "</s>"));
        values.put("tokenizer.ggml.token_type", List.of(1L, 1L, 1L, 3L));
        values.put("tokenizer.ggml.merges", List.of("a b"));
        values.put("tokenizer.ggml.eos_token_id", 3L);
        return values;
    }

    private static void fails(String key, Object value, FailureCode code, String part) {
        Map<String, Object> values = sound();
        values.put(key, value);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> Tokenizers.fromGguf(new Metadata(values)))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code))
                .satisfies(failure -> assertThat(failure.toString()).contains(part));
    }

    @Test
    void aSoundOneWorks() {
        Tokenizer tokenizer = Tokenizers.fromGguf(new Metadata(sound()));
        assertThat(tokenizer.encode("abba</s>", true, true)).containsExactly(2, 1, 0, 3);
        assertThat(tokenizer.endIds()).containsExactly(3);
    }

    @Test
    void contradictoryMetadataIsRefused() {
        fails("tokenizer.ggml.tokens", List.of("a", "b", "ab", "a"), FailureCode.MALFORMED, "a second time");
        fails("tokenizer.ggml.merges", List.of("a c"), FailureCode.MALFORMED, "vocabulary lacks");
        fails("tokenizer.ggml.merges", List.of("b a"), FailureCode.MALFORMED, "'ba'");
        fails("tokenizer.ggml.merges", List.of("ab"), FailureCode.MALFORMED, "no pair");
        fails("tokenizer.ggml.merges", List.of("", " ", "a "), FailureCode.MALFORMED, "no pair");
        fails("tokenizer.ggml.token_type", List.of(1L), FailureCode.MALFORMED, "token types");
        fails("tokenizer.ggml.tokens", "a", FailureCode.MALFORMED, "list of texts");
        fails("tokenizer.ggml.model", "abacus", FailureCode.UNSUPPORTED, "abacus");
        fails("tokenizer.ggml.pre", "qwen-2", FailureCode.UNSUPPORTED, "'qwen2'");
        fails("tokenizer.ggml.model", "llama", FailureCode.MALFORMED, "scores");
        fails("tokenizer.ggml.tokens", List.of("a", "b", "ab", "x".repeat(20_000)), FailureCode.MALFORMED, "20000");
        fails("tokenizer.ggml.tokens", List.of(), FailureCode.MALFORMED, "");
    }

    @Test
    void scoresMustFit() {
        Map<String, Object> values = sound();
        values.put("tokenizer.ggml.model", "llama");
        values.put("tokenizer.ggml.scores", List.of(0.0, Double.NaN, 0.0, 0.0));
        assertThatExceptionOfType(Failure.class).isThrownBy(() -> Tokenizers.fromGguf(new Metadata(values)));
        values.put("tokenizer.ggml.scores", List.of(0.0, 1.0));
        assertThatExceptionOfType(Failure.class).isThrownBy(() -> Tokenizers.fromGguf(new Metadata(values)));
    }

    @Test
    void mergesThatLeadRoundInCirclesEnd() {
        Map<String, Object> values = sound();
        List<String> tokens = new ArrayList<>();
        List<String> merges = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            tokens.add("a".repeat(i));
            for (int j = 1; j < i; j++) {
                merges.add("a".repeat(j) + " " + "a".repeat(i - j));
            }
        }
        Collections.reverse(merges);
        values.put("tokenizer.ggml.tokens", tokens);
        values.put("tokenizer.ggml.token_type", Collections.nCopies(300, 1L));
        values.put("tokenizer.ggml.merges", merges);
        Tokenizer tokenizer = Tokenizers.fromGguf(new Metadata(values));
        assertThat(tokenizer.encode("a".repeat(100_000), true, true)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"model\":{}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":2000000000},\"merges\":[]}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[[\"a\"]]}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a a\"]}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":\"0\"},\"merges\":[]}}",
                "{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\"]],\"unk_id\":0}}",
                "{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0.0]],\"unk_id\":5}}",
                "{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0.0]]}}",
                "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},"
                        + "\"added_tokens\":[{\"content\":\"x\"}]}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"normalizer\":{\"type\":\"Wish\"}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},"
                        + "\"pre_tokenizer\":{\"type\":\"Split\"}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"post_processor\":"
                        + "{\"type\":\"BertProcessing\",\"sep\":[\"x\",9],\"cls\":[\"x\",9]}}",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"normalizer\":"
                        + "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"/////w==\"}}",
            })
    void brokenTokenizerJsonIsRefused(String json) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> new TokenizerJson(JSON.readTree(json)).build(NO_CONFIG));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "[",
                "[a",
                "a{",
                "*",
                "(?<x>a)",
                "\\",
                "\\p{Nope}",
                "(a*)*",
                "a{2000}",
                "(((a{1000}){1000}){1000})",
                "[z-a]",
                "\\x{110000}",
                "(?<=ab)c",
                "\\1",
                "[[:nope:]]",
                "[\\d-z]"
            })
    void oddPatternsAreRefused(String pattern) {
        assertThatExceptionOfType(Failure.class).isThrownBy(() -> Regex.compile(pattern));
    }

    @Test
    void aPatternThatBacktracksForeverIsStopped() {
        Splitting slow = Splitting.isolate("(?:a+a+)+(?:a+a+)+b");
        int[] text = CodePoints.of("a".repeat(5_000));
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> slow.split(text, 0, text.length, true, (t, s, e, f) -> {}))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED));
    }

    /** Seed 7; each round changes, cuts or repeats bytes of a sound model. */
    @Test
    void damagedSentencePieceModelsGiveAFailureOrATokenizer() {
        byte[] sound = Goldens.bytes("spm-unigram.model");
        Random random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 300; round++) {
            byte[] damaged = Arrays.copyOf(sound, round % 3 == 0 ? random.nextInt(sound.length) : sound.length);
            for (int i = 0; i < 1 + random.nextInt(20) && damaged.length > 0; i++) {
                damaged[random.nextInt(round % 2 == 0 ? damaged.length : Math.min(damaged.length, 900))] =
                        (byte) random.nextInt();
            }
            try {
                new SentencePieceFile(ByteBuffer.wrap(damaged)).build(NO_CONFIG).encode("½ hello ﬁ <mask>", true, true);
            } catch (Failure e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(50, 300);
    }

    /** Seed 11; each round changes characters of a sound tokenizer.json. */
    @Test
    void damagedTokenizerJsonGivesAFailureOrATokenizer() {
        String sound = Goldens.all()
                .tokenizerJson(Goldens.all().cases("cases").getFirst())
                .toString();
        Random random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 200; round++) {
            StringBuilder damaged = new StringBuilder(sound);
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                int at = random.nextInt(round % 2 == 0 ? 2_000 : sound.length());
                damaged.setCharAt(at, "0123456789[]{}\",:truefalsn\\".charAt(random.nextInt(27)));
            }
            try {
                new TokenizerJson(JSON.readTree(damaged.toString()))
                        .build(NO_CONFIG)
                        .encode("hello", true, true);
            } catch (Failure | JacksonException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(50, 200);
    }
}
