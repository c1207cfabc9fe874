package smelt.tokenizer;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.tokenizer.Splitting.Behavior;

/** What the values of GGUF's {@code tokenizer.ggml.pre} mean; the patterns are those of the models' tokenizer.json. */
final class PreTokenizerNames {
    private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String SPACES = "\\s+(?!\\S)|\\s+";
    private static final String WORDS = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
    private static final String SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|";

    private static final String LLAMA3 = CONTRACTION + WORDS + "|\\p{N}{1,3}" + SYMBOLS + SPACES;
    private static final String QWEN2 = CONTRACTION + WORDS + "|\\p{N}" + SYMBOLS + SPACES;
    private static final String QWEN35 = CONTRACTION
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
            + SPACES;
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String PATH_SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|";
    private static final String TEKKEN = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+|[^\\r\\n\\p{L}\\p{N}]?"
            + UPPER + "+" + LOWER + "*|\\p{N}" + PATH_SYMBOLS + SPACES;
    private static final String GPT4O = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+" + CONTRACTION
            + "?|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER + "*" + CONTRACTION + "?|\\p{N}{1,3}" + PATH_SYMBOLS
            + SPACES;
    private static final String DEEPSEEK_TEXT = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|" + SPACES;
    private static final String CJK = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+";
    private static final String CJK_HANGUL = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+";
    /** Letters of scripts with case, as DeepSeek LLM lists them. */
    private static final String CASED = "\\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf"
            + "\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a"
            + "\u038c\u038e-\u03a1"
            + "\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba"
            + "\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d"
            + "\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc"
            + "\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115"
            + "\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e"
            + "\u2183\u2184"
            + "\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787"
            + "\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a"
            + "\ud801\udc00-\ud801\udc4f\ud801\udcb0-\ud801\udcd3\ud801\udcd8-\ud801\udcfb\ud803\udc80-\ud803\udcb2"
            + "\ud803\udcc0-\ud803\udcf2\ud806\udca0-\ud806\udcdf\ud83a\udd00-\ud83a\udd43]+";

    private static final String WIDE_PUNCTUATION = "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+";

    private static final Set<String> COMPOSED = Set.of("qwen2", "mpt", "olmo", "modern-bert");
    private static final Map<String, Rule> RULES = rules();

    /**
     * @param composed whether the text is brought to NFC first, as these models' own files do
     * @param stages from text to words of bytes spelt as characters
     * @param wholeWords whether a word that is a token is taken whole before any merge
     * @param addBos whether a begin token is added where the file does not say
     * @param addEos whether an end token is added where the file does not say
     */
    record Rule(boolean composed, List<PreTokenizer> stages, boolean wholeWords, boolean addBos, boolean addEos) {
        Normalizer normalizer() {
            return composed ? Normalizers.unicode(Form.NFC) : Normalizer.none();
        }
    }

    private PreTokenizerNames() {}

    /** @throws Failure UNSUPPORTED for an unknown name; it tells the nearest known one */
    static Rule rule(String name) {
        Rule rule = RULES.get(name);
        if (rule == null) {
            throw Failure.of(FailureCode.UNSUPPORTED, "Pre-tokenizer '" + name + "' (tokenizer.ggml.pre) is unknown")
                    .withNextStep("the nearest known one is '" + nearest(name) + "'");
        }
        return rule;
    }

    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new TreeMap<>();
        for (String name : words("llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano")) {
            rules.put(name, new Rule(false, isolate(LLAMA3), true, true, false));
        }
        rules.put("tekken", new Rule(false, isolate(TEKKEN), true, true, false));
        add(rules, true, isolate(LLAMA3), "glm4 glm5");
        add(rules, true, isolate("\\p{N}{1,3}", CONTRACTION + WORDS + "|\\p{N}+" + SYMBOLS + SPACES), "minicpm5");
        add(rules, false, isolate(LLAMA3), "dbrx smaug-bpe chatglm-bpe");
        add(
                rules,
                false,
                isolate(QWEN2),
                "qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 hunyuan megrez grok-2 solar-open");
        add(rules, false, isolate(QWEN35), "qwen35");
        add(rules, false, isolate(GPT4O), "gpt-4o llama4 kanana2 talkie minimax-m2");
        add(
                rules,
                false,
                isolate(PreTokenizers.GPT2),
                "gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0");
        add(
                rules,
                false,
                isolate(PreTokenizers.GPT2),
                "mellum modern-bert mpt olmo jais trillion granite-docling exaone4");
        add(rules, false, isolate("\\p{N}", PreTokenizers.GPT2), "starcoder refact command-r smollm codeshell exaone");
        add(rules, false, isolate("\\p{N}", PreTokenizers.GPT2), "minerva-7b mellum2");
        add(rules, false, isolate("[\r\n]", CASED, WIDE_PUNCTUATION, "\\s+$", CJK_HANGUL, "\\p{N}+"), "deepseek-llm");
        add(rules, false, isolate("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", CJK_HANGUL, "\\p{N}"), "deepseek-coder");
        add(rules, false, isolate("\\p{N}{1,3}", CJK, DEEPSEEK_TEXT), "deepseek-v3 hunyuan-dense joyai-llm");
        add(rules, false, falcon(), "falcon");
        add(rules, false, unnamed(), "default");
        for (String name : words("jina-v1-en jina-v2-code roberta-bpe")) {
            rules.put(name, new Rule(false, isolate(PreTokenizers.GPT2), false, false, true));
        }
        return rules;
    }

    private static void add(Map<String, Rule> rules, boolean wholeWords, List<PreTokenizer> splits, String names) {
        for (String name : words(names)) {
            rules.put(name, new Rule(COMPOSED.contains(name), splits, wholeWords, false, false));
        }
    }

    private static List<String> words(String names) {
        return List.of(names.split(" ", -1));
    }

    private static List<PreTokenizer> isolate(String... patterns) {
        List<PreTokenizer> splits = new ArrayList<>();
        for (String pattern : patterns) {
            splits.add(Splitting.isolate(pattern));
        }
        splits.add(PreTokenizers.byteLevel(false, false));
        return splits;
    }

    /** Its last two stages see bytes already spelt as characters. */
    private static List<PreTokenizer> falcon() {
        return List.of(
                PreTokenizers.punctuation(Behavior.CONTIGUOUS),
                PreTokenizers.byteLevel(false, true),
                PreTokenizers.digits(false),
                Splitting.isolate("[0-9][0-9][0-9]"));
    }

    /** What files without a name get. */
    private static List<PreTokenizer> unnamed() {
        return isolate("[\\p{P}\\$\\+<=>\\^~\\|]+", PreTokenizers.GPT2, "\\p{N}+", "[0-9][0-9][0-9]");
    }

    private static String nearest(String name) {
        String best = "default";
        int least = Integer.MAX_VALUE;
        String shortened = name.substring(0, Math.min(name.length(), 64));
        for (String known : RULES.keySet()) {
            int distance = distance(shortened, known);
            if (distance < least) {
                least = distance;
                best = known;
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, change);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
