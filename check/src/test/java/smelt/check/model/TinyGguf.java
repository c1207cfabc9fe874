package smelt.check.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import smelt.base.DType;
import smelt.formats.Metadata;
import smelt.formats.Tensor;
import smelt.formats.gguf.GgufWriter;

/** A whole Llama of 30,000 random weights with its tokenizer, in one GGUF file. */
final class TinyGguf {
    private static final long WIDTH = 32;
    private static final long HIDDEN = 64;
    private static final long VOCABULARY = 257;

    private final List<Tensor> tensors = new ArrayList<>();
    private final Random random = new Random(20261122);

    private TinyGguf() {}

    static void write(Path file) {
        TinyGguf model = new TinyGguf();
        model.matrix("token_embd.weight", VOCABULARY, WIDTH);
        model.vector("output_norm.weight");
        model.vector("blk.0.attn_norm.weight");
        model.vector("blk.0.ffn_norm.weight");
        for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
            model.matrix("blk.0." + name + ".weight", WIDTH, WIDTH);
        }
        model.matrix("blk.0.ffn_gate.weight", HIDDEN, WIDTH);
        model.matrix("blk.0.ffn_up.weight", HIDDEN, WIDTH);
        model.matrix("blk.0.ffn_down.weight", WIDTH, HIDDEN);
        GgufWriter.write(file, new Metadata(metadata()), model.tensors);
    }

    private static Map<String, Object> metadata() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("general.architecture", "llama");
        values.put("llama.block_count", 1L);
        values.put("llama.context_length", 64L);
        values.put("llama.embedding_length", WIDTH);
        values.put("llama.feed_forward_length", HIDDEN);
        values.put("llama.attention.head_count", 2L);
        values.put("llama.attention.layer_norm_rms_epsilon", (double) 1e-5f);
        values.put("tokenizer.ggml.model", "gpt2");
        values.put("tokenizer.ggml.pre", "smollm");
        values.put("tokenizer.ggml.tokens", tokens());
        values.put("tokenizer.ggml.merges", List.of());
        values.put("tokenizer.ggml.eos_token_id", VOCABULARY - 1);
        return values;
    }

    /** The 256 bytes as GPT-2 writes them, then the end of text. */
    private static List<String> tokens() {
        List<String> tokens = new ArrayList<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b > ' ' && b < 0x7f || b > 0xa0 && b != 0xad;
            tokens.add(Character.toString(printable ? b : next++));
        }
        tokens.add("<|endoftext|>");
        return tokens;
    }

    private void vector(String name) {
        add(name, List.of(WIDTH), (int) WIDTH);
    }

    private void matrix(String name, long rows, long columns) {
        add(name, List.of(rows, columns), (int) (rows * columns));
    }

    private void add(String name, List<Long> shape, int elements) {
        byte[] data = new byte[elements * Float.BYTES];
        MemorySegment segment = MemorySegment.ofArray(data);
        for (int i = 0; i < elements; i++) {
            segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4L, (float) random.nextGaussian() / 8);
        }
        tensors.add(new Tensor(name, DType.F32, shape, segment));
    }
}
