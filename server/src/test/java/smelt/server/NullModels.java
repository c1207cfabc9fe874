package smelt.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.ChatFormat;
import smelt.engine.ChatOptions;
import smelt.engine.Embedder;
import smelt.engine.Engine;
import smelt.engine.LoadedModel;
import smelt.engine.ModelInfo;
import smelt.engine.ModelService;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelLoader;
import smelt.formats.Metadata;
import smelt.graph.ModelGraph.Pooling;
import smelt.runtime.KvBlocks;
import smelt.runtime.NullRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;

/**
 * Models without weights. {@code null}: answers with printable letters, at once. {@code slow}: 20 ms a step.
 * {@code echo}: answers with what the user said, and its template knows tools and thoughts, as Qwen 3's does.
 * {@code bare}: has no chat template. {@code words}: has one, and SentencePiece's tokens, of which most begin a word.
 * {@code vectors}: makes embeddings. {@code ranks}: scores documents. {@code broken}: cannot be loaded. Any other is
 * not found. Their tokens are bytes; 256 ends an answer.
 */
public final class NullModels implements ModelLoader {
    public static final int END = 256;
    public static final int CONTEXT = 4096;
    /** What a step of theirs is said to read. */
    public static final double STEP_BYTES = 1e6;

    private static final int VOCABULARY = 257;

    /** Loading waits for it. */
    public CountDownLatch gate = new CountDownLatch(0);

    private final Settings settings;

    public NullModels() {
        this(Settings.DEFAULT);
    }

    public NullModels(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Prepared prepare(String name) {
        return switch (name) {
            case "null", "slow", "echo", "bare", "words", "vectors", "ranks" -> new PreparedNull(name);
            case "broken" -> throw Failure.of(FailureCode.CORRUPT, "broken is damaged, as it should be");
            default -> throw Failure.of(FailureCode.NOT_FOUND, "No model is called " + name);
        };
    }

    private final class PreparedNull implements Prepared {
        private final String name;

        PreparedNull(String name) {
            this.name = name;
        }

        @Override
        public String identity() {
            return name;
        }

        @Override
        public long bytes() {
            return 1 << 20;
        }

        @Override
        public String adviceFor(long room) {
            return "take none";
        }

        @Override
        public LoadedModel load() {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return model(name, settings);
        }

        @Override
        public void close() {}
    }

    /** One of them, without a host. */
    public static LoadedModel model(String name, Settings settings) {
        var limits = new StepRunner.Limits(VOCABULARY, CONTEXT, 16, 4 * CONTEXT / 16, 512, 64);
        StepRunner runner = switch (name) {
            case "slow" -> NullRunner.timed(limits, 20_000_000, 0, LockSupport::parkNanos);
            case "echo" -> new EchoRunner(limits, END);
            default -> NullRunner.untimed(limits);
        };
        StepRunner weighing = new Weighing(runner);
        Tokenizer tokenizer = name.equals("words") ? wordTokenizer() : byteTokenizer();
        Pooling pooling = name.equals("vectors") ? Pooling.MEAN : name.equals("ranks") ? Pooling.RANK : Pooling.NONE;
        boolean pools = pooling != Pooling.NONE;
        ModelService service = pools ? new Embedder(runner, pooling) : new Engine(weighing, tokenizer, settings);
        return new LoadedModel(
                new ModelInfo(name, "null", CONTEXT, CONTEXT, pooling, 1 << 20),
                service,
                Optional.of(tokenizer),
                name.equals("bare") || pools ? Optional.empty() : Optional.of(format(name)),
                Set.of(END));
    }

    private static ChatFormat format(String name) {
        if (!name.equals("echo")) {
            return NullModels::render;
        }
        return new ChatFormat() {
            @Override
            public String render(List<Map<String, Object>> messages, ChatOptions options) {
                String variables = NullModels.render(List.of(), new ChatOptions(false, false, options.variables()));
                return variables
                        + NullModels.render(messages, new ChatOptions(options.beginsAnswer(), false, Map.of()));
            }

            @Override
            public Optional<String> template() {
                return Optional.of("<think></think> tools <tool_call>{\"name\"}</tool_call>");
            }
        };
    }

    /** As if it had weights. */
    private record Weighing(StepRunner inner) implements StepRunner {
        @Override
        public Limits limits() {
            return inner.limits();
        }

        @Override
        public KvBlocks blocks() {
            return inner.blocks();
        }

        @Override
        public Logits run(StepBatch batch) {
            return inner.run(batch);
        }

        @Override
        public void interrupt() {
            inner.interrupt();
        }

        @Override
        public double stepBytes() {
            return STEP_BYTES;
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    private static String render(List<Map<String, Object>> messages, ChatOptions options) {
        StringBuilder text = new StringBuilder();
        for (Map<String, Object> message : messages) {
            if (String.valueOf(message.get("content")).contains("raise")) {
                throw Failure.of(FailureCode.TEMPLATE_REFUSED, "the template refuses this");
            }
            text.append("[%s]%s".formatted(message.get("role"), message.get("content")));
        }
        options.variables().forEach((name, value) -> text.append("{%s=%s}".formatted(name, value)));
        return text + (options.beginsAnswer() ? "[assistant]" : "");
    }

    /** How many tokens the null template makes of one message. */
    public static int promptTokens(String role, String content) {
        return "[%s]%s[assistant]".formatted(role, content).getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Pieces of one letter or of U+2581 and a letter, in the place of its byte; the end token where the others have it.
     */
    private static Tokenizer wordTokenizer() {
        List<Object> tokens = new ArrayList<>();
        List<Object> types = new ArrayList<>();
        List<Object> scores = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            boolean letter = b > 32 && b < 127;
            String piece = letter ? (b % 3 == 0 ? "" : "\u2581") + (char) b : "<0x%02X>".formatted(b);
            tokens.add(b == 0 ? "<unk>" : b == 1 ? "<s>" : b == 2 ? "\u2581" : piece);
            types.add(b == 0 ? 2L : b == 1 ? 3L : letter || b == 2 ? 1L : 6L);
            scores.add((float) -b);
        }
        tokens.add("</s>");
        types.add(3L);
        scores.add(0f);
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("tokenizer.ggml.model", "llama");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put("tokenizer.ggml.scores", scores);
        metadata.put("tokenizer.ggml.unknown_token_id", 0L);
        metadata.put("tokenizer.ggml.bos_token_id", 1L);
        metadata.put("tokenizer.ggml.eos_token_id", (long) END);
        return Tokenizers.fromGguf(new Metadata(metadata));
    }

    /** GPT-2's alphabet of bytes and one control token. */
    private static Tokenizer byteTokenizer() {
        List<Object> tokens = new ArrayList<>();
        List<Object> types = new ArrayList<>();
        int shifted = 0;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
            tokens.add(String.valueOf((char) (printable ? b : 256 + shifted++)));
            types.add(1L);
        }
        tokens.add("<|end|>");
        types.add(3L);
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put("tokenizer.ggml.merges", List.of());
        metadata.put("tokenizer.ggml.eos_token_id", (long) END);
        return Tokenizers.fromGguf(new Metadata(metadata));
    }
}
