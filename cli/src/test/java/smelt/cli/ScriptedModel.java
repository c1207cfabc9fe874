package smelt.cli;

import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import smelt.engine.Embedder;
import smelt.engine.Engine;
import smelt.engine.LoadedModel;
import smelt.engine.ModelInfo;
import smelt.engine.Settings;
import smelt.engine.Speculation;
import smelt.formats.Metadata;
import smelt.graph.ModelGraph.Pooling;
import smelt.runtime.KvBlocks;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;

/**
 * A model that answers every prompt with the same bytes and then its end token. Its tokenizer has one token per byte;
 * the token {@code b+1 mod 256} is second in every row.
 */
final class ScriptedModel implements ModelSource, StepRunner {
    static final int END = 256;
    private static final int VOCABULARY = 257;
    private static final int BLOCK = 16;

    final List<String> prompts = new ArrayList<>();
    private final byte[] answer;
    private final int contextLength;
    private final boolean hasTokenizer;
    private final boolean hasTemplate;
    private final Tokenizer tokenizer = byteTokenizer();
    private final int[] memory;
    private int computed;
    private int told;

    ScriptedModel(String answer, int contextLength, boolean hasTokenizer, boolean hasTemplate) {
        this.answer = answer.getBytes(StandardCharsets.UTF_8);
        this.contextLength = contextLength;
        memory = new int[contextLength];
        this.hasTokenizer = hasTokenizer;
        this.hasTemplate = hasTemplate;
    }

    static ScriptedModel answering(String answer) {
        return new ScriptedModel(answer, 4096, true, true);
    }

    @Override
    public LoadedModel open(ModelOptions options, SpeculationOptions speculation, PrintWriter err) {
        return new LoadedModel(
                new ModelInfo(options.model.name, "scripted", contextLength, contextLength, Pooling.NONE, 0),
                new Engine(this, hasTokenizer ? tokenizer : null, Settings.DEFAULT.withSpeculation(Speculation.NONE)),
                hasTokenizer ? Optional.of(tokenizer) : Optional.empty(),
                hasTemplate ? Optional.of((messages, chat) -> render(messages)) : Optional.empty(),
                Set.of(END));
    }

    @Override
    public LoadedModel openEmbedder(ModelOptions options, Optional<Pooling> pooling, PrintWriter err) {
        return new LoadedModel(
                new ModelInfo(options.model.name, "scripted", contextLength, contextLength, Pooling.MEAN, 0),
                new Embedder(this, pooling.orElse(Pooling.MEAN)),
                hasTokenizer ? Optional.of(tokenizer) : Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    private String render(List<Map<String, Object>> messages) {
        StringBuilder text = new StringBuilder();
        messages.forEach(m -> text.append("[%s]%s".formatted(m.get("role"), m.get("content"))));
        return text + "[assistant]";
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

    @Override
    public Limits limits() {
        return new Limits(VOCABULARY, contextLength, BLOCK, contextLength / BLOCK, 64, 64);
    }

    @Override
    public KvBlocks blocks() {
        throw new UnsupportedOperationException("nobody keeps its blocks");
    }

    @Override
    public Logits run(StepBatch batch) {
        StepBatch.Chunk chunk = batch.chunks().getFirst();
        boolean goesOn = told > 0 && chunk.firstPosition() == computed;
        remember(chunk);
        if (!goesOn) {
            told = 0;
            if (chunk.logitsFrom() < chunk.tokens().length) {
                prompts.add(text(chunk.blocks()));
            }
        }
        List<float[]> rows = new ArrayList<>();
        for (int i = chunk.logitsFrom(); i < chunk.tokens().length; i++) {
            rows.add(row(told < answer.length ? answer[told] & 0xFF : END));
        }
        told += rows.isEmpty() ? 0 : 1;
        return new Logits() {
            @Override
            public int count() {
                return rows.size();
            }

            @Override
            public MemorySegment row(int index) {
                return MemorySegment.ofArray(rows.get(index));
            }
        };
    }

    private static float[] row(int token) {
        float[] row = new float[VOCABULARY];
        row[token] = 20;
        row[(token + 1) % 256] = 10;
        return row;
    }

    /** Part of a prompt may be there already, computed for the one before. */
    private void remember(StepBatch.Chunk chunk) {
        computed = chunk.firstPosition() + chunk.tokens().length;
        for (int i = 0; i < chunk.tokens().length; i++) {
            memory[slot(chunk.blocks(), chunk.firstPosition() + i)] = chunk.tokens()[i];
        }
    }

    private static int slot(int[] blocks, int position) {
        return blocks[position / BLOCK] * BLOCK + position % BLOCK;
    }

    private String text(int[] blocks) {
        byte[] bytes = new byte[computed];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) memory[slot(blocks, i)];
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {}
}
