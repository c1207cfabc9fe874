package smelt.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Guards the tokenizer room: a megabyte takes under a second, however monotonous, and time grows with length only. */
class SpeedTest {
    /** One of each model and the slowest pre-tokenizers. */
    private static final Set<String> MEASURED =
            Set.of("gpt-2", "gpt-4o", "deepseek-v3", "llama", "bert", "t5", "spm-bpe", "spm-unigram-bytes");

    private static final int MEGABYTE = 1 << 20;
    private static final JsonNode NONE = MissingNode.getInstance();
    private static final TokenizerConfig NO_CONFIG = TokenizerConfig.read(NONE, NONE, NONE);

    /** Time of this thread alone: a busy machine does not make a tokenizer slow. */
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @TestFactory
    Stream<DynamicTest> aMegabyteTakesUnderASecond() {
        Map<String, Tokenizer> tokenizers = new LinkedHashMap<>();
        for (JsonNode golden : Goldens.all().cases("cases")) {
            tokenizers.put(
                    golden.path("name").stringValue(),
                    new TokenizerJson(Goldens.all().tokenizerJson(golden)).build(NO_CONFIG));
        }
        for (JsonNode golden : Goldens.all().cases("sentencepiece")) {
            String name = golden.path("name").stringValue();
            tokenizers.put(
                    name, new SentencePieceFile(ByteBuffer.wrap(Goldens.bytes(name + ".model"))).build(NO_CONFIG));
        }
        tokenizers.keySet().retainAll(MEASURED);
        List<DynamicTest> tests = new ArrayList<>();
        tokenizers.forEach((name, tokenizer) -> tests.add(dynamicTest(name, () -> measure(name, tokenizer))));
        return tests.stream();
    }

    private static void measure(String name, Tokenizer tokenizer) {
        Map<String, String> texts = texts();
        texts.values()
                .forEach(text -> assertThat(tokenizer.encode(text.substring(0, 20_000), false, true))
                        .hasSizeLessThanOrEqualTo(3 * 20_000 + 1));
        texts.forEach((kind, text) -> {
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 5 && best > 1_000_000_000L; i++) {
                long start = THREADS.getCurrentThreadCpuTime();
                int[] ids = tokenizer.encode(text, false, true);
                best = Math.min(best, THREADS.getCurrentThreadCpuTime() - start);
                assertThat(ids.length).isLessThanOrEqualTo(MEGABYTE * 3 + 1);
            }
            assertThat(best)
                    .as("nanoseconds for a megabyte of %s by %s", kind, name)
                    .isLessThan(1_000_000_000L);
        });
    }

    private static Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("prose", repeat("The smelter's furnace ran 24 hours; it didn't stop, größer und größer. "));
        texts.put("mixed", repeat("def f(x): return x**2 熔炉昼夜不停地运转 Печь работает 🙂👍🏽 1234567 "));
        texts.put("one letter", repeat("a"));
        texts.put("one word", repeat("smeltingAndPouring"));
        texts.put("spaces", repeat(" "));
        texts.put("newlines", repeat("\n"));
        texts.put("spaces before a letter", repeat(" ") + "x");
        texts.put("emoji", repeat("👩‍👩‍👧‍👦"));
        texts.put("digits", repeat("1"));
        texts.put("punctuation", repeat("!"));
        texts.put("marks", repeat("\u0301"));
        texts.put("upper and lower", repeat("aB"));
        texts.put("apostrophes", repeat("'"));
        texts.put("ideographs", repeat("熔"));
        texts.put("almost special", repeat("<|end|<mask"));
        return texts;
    }

    private static String repeat(String text) {
        int bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        return text.repeat(MEGABYTE / bytes + 1);
    }
}
