package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.store.ModelStore;
import smelt.store.Progress;
import smelt.store.Settings;
import smelt.targets.cpu.CpuTarget;
import smelt.tokenizer.ChatTemplateSource;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;
import smelt.tokenizer.jinja.ChatTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The real model against transformers in f32: text, chats, log-probabilities, answers. */
@Tag("model")
class SmolLm2Test {
    private static final Path GOLDEN = Path.of("src/test/resources/smollm2-135m-instruct");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONTEXT = 1024;
    private static final int WINDOW = 512;
    /** Below it the f32 choice hangs by a thread, and int8 activations may tip it. */
    private static final double CLEAR_GAP = 0.5;

    private static ModelFile file;
    private static Tokenizer tokenizer;
    private static Model model;

    @BeforeAll
    static void load() {
        file = ModelFiles.open(modelPath());
        tokenizer = Tokenizers.fromGguf(file.metadata());
        model = load(CacheType.F16);
    }

    private static Model load(CacheType cache) {
        int threads = Runtime.getRuntime().availableProcessors();
        return Model.load(
                file,
                Models.build(file, new Models.Options(CONTEXT)),
                new LoadOptions(CONTEXT, CONTEXT, threads, cache),
                CpuTarget.start(threads));
    }

    /** From the store; without it and without a registry to get it from there is nothing to test. */
    static Path modelPath() {
        ModelStore store = ModelStore.open(ModelStore.defaultRoot(), Settings.fromEnvironment());
        try {
            return store.resolve("smollm2", Progress.NONE).path();
        } catch (Failure e) {
            assumeTrue(e.code() != FailureCode.UNAVAILABLE, "smollm2 cannot be downloaded: " + e.what());
            throw e;
        }
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
        if (file != null) {
            file.close();
        }
    }

    private static JsonNode golden(String name) throws IOException {
        return JSON.readTree(Files.readString(GOLDEN.resolve(name)));
    }

    private static int[] ids(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    @Test
    void tokenizesAsTheReference() throws IOException {
        for (JsonNode item : golden("tokenize.json")) {
            String text = item.get("text").asString();
            int[] expected = ids(item.get("ids"));
            assertThat(tokenizer.encode(text, false, true)).as(text).containsExactly(expected);
            assertThat(tokenizer.decode(expected, true))
                    .isEqualTo(item.get("decoded").asString());
        }
    }

    @Test
    void rendersChatsAsTheReference() throws IOException {
        ChatTemplateSource source =
                Tokenizers.chatTemplate(file.metadata(), tokenizer).orElseThrow();
        ChatTemplate template = new ChatTemplate(source.template(), source.bosToken(), source.eosToken());
        for (JsonNode chat : golden("chat.json")) {
            List<Map<String, Object>> messages = chat.get("messages")
                    .valueStream()
                    .map(message -> Map.<String, Object>of(
                            "role", message.get("role").asString(),
                            "content", message.get("content").asString()))
                    .toList();
            String rendered = template.render(messages, null, true, Map.of());
            assertThat(rendered).isEqualTo(chat.get("rendered").asString());
            assertThat(tokenizer.encode(rendered, false, true)).containsExactly(ids(chat.get("prompt_ids")));
        }
    }

    @Test
    void answersAsTheReferenceWhereItsChoiceIsClear() throws IOException {
        LogProbabilities run = new LogProbabilities(model);
        for (JsonNode chat : golden("chat.json")) {
            if (chat.get("smallest_gap_of_greedy_choices").asDouble() >= CLEAR_GAP) {
                int[] expected = ids(chat.get("greedy_ids"));
                assertThat(run.greedy(ids(chat.get("prompt_ids")), expected.length))
                        .as(chat.get("greedy_text").asString())
                        .containsExactlyElementsOf(
                                Arrays.stream(expected).boxed().toList());
            }
        }
    }

    @Test
    void givesTheReferencesTopLogProbabilities() throws IOException {
        LogProbabilities run = new LogProbabilities(model);
        for (JsonNode chat : golden("chat.json")) {
            int[] prompt = ids(chat.get("prompt_ids"));
            int[] answer = ids(chat.get("greedy_ids"));
            int[] all = Arrays.copyOf(prompt, prompt.length + answer.length);
            System.arraycopy(answer, 0, all, prompt.length, answer.length);
            List<float[]> logits = run.logits(all, model.limits().maxLogits());
            double difference = 0;
            int count = 0;
            for (int position = 0; position < chat.get("top5_ids").size(); position++) {
                int[] top = ids(chat.get("top5_ids").get(position));
                for (int i = 0; i < top.length; i++) {
                    double expected =
                            chat.get("top5_logprobs").get(position).get(i).asDouble();
                    difference += Math.abs(LogProbabilities.logProbability(logits.get(position), top[i]) - expected);
                    count++;
                }
            }
            System.out.printf("mean difference of top-5 log-probabilities: %.4f%n", difference / count);
            assertThat(difference / count)
                    .as(chat.get("greedy_text").asString())
                    .isLessThanOrEqualTo(0.1);
        }
    }

    @Test
    void hasTheReferencesPerplexity() throws IOException {
        double perplexity = perplexity(model);
        double expected = golden("perplexity.json").get("perplexity").asDouble();
        System.out.printf(
                "perplexity %.4f, in f32 %.4f (%+.2f%%)%n", perplexity, expected, 100 * (perplexity / expected - 1));
        assertThat(perplexity).isCloseTo(expected, within(0.01 * expected));
    }

    @Test
    void int8KeysAndValuesCostLittle() throws IOException {
        double expected = perplexity(model);
        try (Model compact = load(CacheType.Q8)) {
            double perplexity = perplexity(compact);
            System.out.printf(
                    "perplexity %.4f with keys and values in q8, in f16 %.4f (%+.2f%%)%n",
                    perplexity, expected, 100 * (perplexity / expected - 1));
            assertThat(perplexity).isCloseTo(expected, within(0.005 * expected));
        }
    }

    private static double perplexity(Model model) throws IOException {
        int[] ids = ids(golden("perplexity.json").get("ids"));
        LogProbabilities run = new LogProbabilities(model);
        double sum = 0;
        int count = 0;
        for (int from = 0; from < ids.length; from += WINDOW) {
            int[] window = Arrays.copyOfRange(ids, from, from + WINDOW);
            List<float[]> logits = run.logits(window, model.limits().maxLogits());
            for (int i = 1; i < WINDOW; i++) {
                sum -= LogProbabilities.logProbability(logits.get(i - 1), window[i]);
                count++;
            }
        }
        return Math.exp(sum / count);
    }
}
