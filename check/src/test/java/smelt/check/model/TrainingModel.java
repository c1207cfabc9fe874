package smelt.check.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.formats.Metadata;
import smelt.formats.Tensor;
import smelt.formats.gguf.GgufWriter;

/**
 * What the launcher's build trains the start on: a chat model of random weights that takes the same way as a real one,
 * with byte-pair merges, a chat template and quantised weights.
 */
final class TrainingModel {
    private static final long WIDTH = 64;
    private static final long HIDDEN = 128;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    /** How GPT-2 writes the space. */
    private static final String SPACE = "\u0120";

    private static final String TEMPLATE = """
            {%- if messages[0]['role'] != 'system' -%}
            {{ '<|im_start|>system\\nSay it in few words.<|im_end|>\\n' }}
            {%- endif -%}
            {%- for message in messages -%}
            {{ '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + '<|im_end|>' + '\\n' }}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
            """;

    private final List<Tensor> tensors = new ArrayList<>();
    private final Random random = new Random(20261122);
    private final List<String> tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    private final List<String> merges = new ArrayList<>();

    private TrainingModel() {}

    static void write(Path file) {
        TrainingModel model = new TrainingModel();
        model.addTokens();
        model.matrix("token_embd.weight", DType.Q8_0, model.tokens.size(), WIDTH);
        model.vector("output_norm.weight");
        for (int layer = 0; layer < 2; layer++) {
            model.layer("blk." + layer + ".");
        }
        GgufWriter.write(file, new Metadata(model.metadata()), model.tensors);
    }

    private void layer(String prefix) {
        vector(prefix + "attn_norm.weight");
        vector(prefix + "ffn_norm.weight");
        for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
            matrix(prefix + name + ".weight", DType.Q4_1, WIDTH, WIDTH);
        }
        matrix(prefix + "ffn_gate.weight", DType.Q4_1, HIDDEN, WIDTH);
        matrix(prefix + "ffn_up.weight", DType.Q4_1, HIDDEN, WIDTH);
        matrix(prefix + "ffn_down.weight", DType.Q4_1, WIDTH, HIDDEN);
    }

    private Map<String, Object> metadata() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("general.architecture", "llama");
        values.put("llama.block_count", 2L);
        values.put("llama.context_length", 8192L);
        values.put("llama.embedding_length", WIDTH);
        values.put("llama.feed_forward_length", HIDDEN);
        values.put("llama.attention.head_count", 2L);
        values.put("llama.attention.layer_norm_rms_epsilon", (double) 1e-5f);
        values.put("tokenizer.ggml.model", "gpt2");
        values.put("tokenizer.ggml.pre", "smollm");
        values.put("tokenizer.ggml.tokens", tokens);
        values.put(
                "tokenizer.ggml.token_type",
                tokens.stream().map(token -> token.startsWith("<|") ? 3L : 1L).toList());
        values.put("tokenizer.ggml.merges", merges);
        values.put("tokenizer.ggml.bos_token_id", 1L);
        values.put("tokenizer.ggml.eos_token_id", 2L);
        values.put("tokenizer.chat_template", TEMPLATE);
        return values;
    }

    /** The 256 bytes as GPT-2 writes them, all pairs of letters, and both with a space before them. */
    private void addTokens() {
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b > ' ' && b < 0x7f || b > 0xa0 && b != 0xad;
            tokens.add(Character.toString(printable ? b : next++));
        }
        LETTERS.chars().mapToObj(Character::toString).forEach(first -> {
            merge(SPACE, first);
            LETTERS.chars().mapToObj(Character::toString).forEach(second -> {
                merge(first, second);
                merge(SPACE + first, second);
            });
        });
    }

    private void merge(String left, String right) {
        merges.add(left + " " + right);
        tokens.add(left + right);
    }

    private void vector(String name) {
        add(name, DType.F32, List.of(WIDTH));
    }

    private void matrix(String name, DType type, long rows, long columns) {
        add(name, type, List.of(rows, columns));
    }

    private void add(String name, DType type, List<Long> shape) {
        float[] values =
                new float[(int) shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 8;
        }
        MemorySegment data = MemorySegment.ofArray(new byte[(int) type.bytes(values.length)]);
        BlockFormat.of(type).encode(values, 0, data, 0, values.length);
        tensors.add(new Tensor(name, type, shape, data));
    }
}
