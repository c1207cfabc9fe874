package smelt.check.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.base.DType;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.formats.gguf.GgufWriter;
import smelt.formats.open.ModelFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Writes a tiny reranker as llama.cpp's converter does: all of BERT's architecture with pooling type 4, positions
 * without those of the padding, no pooler, the classifier as {@code cls}.
 */
final class RerankerTwin {
    /** In this order. */
    private static final String[][] NAMES = {
        {"^(bert|roberta)\\.", ""},
        {"embeddings.LayerNorm", "token_embd_norm"},
        {"embeddings.position_embeddings", "position_embd"},
        {"embeddings.token_type_embeddings", "token_types"},
        {"embeddings.word_embeddings", "token_embd"},
        {"encoder\\.layer", "blk"},
        {"attention.output.LayerNorm", "attn_output_norm"},
        {"attention.output.dense", "attn_output"},
        {"attention.self.query", "attn_q"},
        {"attention.self.key", "attn_k"},
        {"attention.self.value", "attn_v"},
        {"intermediate.dense", "ffn_up"},
        {"output.LayerNorm", "layer_output_norm"},
        {"output.dense", "ffn_down"},
        {"^classifier.out_proj", "cls.output"},
        {"^classifier(.dense)?", "cls"}
    };

    private RerankerTwin() {}

    static void write(Path folder, Path target) {
        try (ModelFile file = ModelFiles.open(folder)) {
            boolean roberta = file.metadata().string("model_type").orElseThrow().equals("xlm-roberta");
            List<Tensor> tensors = new ArrayList<>();
            for (Tensor tensor : file.tensors().values()) {
                if (!tensor.name().contains("pooler.")) {
                    tensors.add(renamed(tensor, roberta));
                }
            }
            Map<String, Object> metadata = new LinkedHashMap<>(sizes(file.metadata(), roberta ? 2 : 0));
            metadata.putAll(tokenizer(folder));
            GgufWriter.write(target, new Metadata(metadata), tensors);
        }
    }

    private static Tensor renamed(Tensor tensor, boolean roberta) {
        String name = tensor.name();
        for (String[] replacement : NAMES) {
            name = name.replaceAll(replacement[0], replacement[1]);
        }
        float[] values = tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        List<Long> shape = tensor.shape();
        MemorySegment data = MemorySegment.ofArray(values);
        if (roberta && name.startsWith("position_embd")) {
            data = data.asSlice(2 * 4 * shape.get(1));
            shape = List.of(shape.get(0) - 2, shape.get(1));
        }
        return new Tensor(name, DType.F32, shape, data);
    }

    private static Map<String, Object> sizes(Metadata config, int unused) {
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("general.architecture", "bert");
        sizes.put("bert.pooling_type", 4L);
        sizes.put(
                "bert.context_length", config.integer("max_position_embeddings").orElseThrow() - unused);
        sizes.put("bert.embedding_length", config.integer("hidden_size").orElseThrow());
        sizes.put("bert.block_count", config.integer("num_hidden_layers").orElseThrow());
        sizes.put(
                "bert.attention.head_count",
                config.integer("num_attention_heads").orElseThrow());
        sizes.put(
                "bert.feed_forward_length", config.integer("intermediate_size").orElseThrow());
        sizes.put("bert.attention.layer_norm_epsilon", 1e-12);
        return sizes;
    }

    /** Of a unigram vocabulary: special tokens are the first four, the last of them for what is unknown. */
    private static Map<String, Object> tokenizer(Path folder) {
        JsonNode model = new ObjectMapper()
                .readTree(folder.resolve("tokenizer.json").toFile())
                .get("model");
        if (!model.get("type").asString().equals("Unigram")) {
            return Map.of();
        }
        List<Object> pieces = new ArrayList<>();
        List<Object> scores = new ArrayList<>();
        List<Object> types = new ArrayList<>();
        for (JsonNode piece : model.get("vocab")) {
            types.add(pieces.size() < 3 ? 3L : pieces.size() == 3 ? 2L : 1L);
            pieces.add(piece.get(0).asString());
            scores.add(piece.get(1).asDouble());
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("tokenizer.ggml.model", "t5");
        values.put("tokenizer.ggml.tokens", pieces);
        values.put("tokenizer.ggml.scores", scores);
        values.put("tokenizer.ggml.token_type", types);
        values.put("tokenizer.ggml.bos_token_id", 0L);
        values.put("tokenizer.ggml.eos_token_id", 2L);
        values.put("tokenizer.ggml.seperator_token_id", 2L);
        values.put("tokenizer.ggml.unknown_token_id", 3L);
        values.put("tokenizer.ggml.add_bos_token", true);
        values.put("tokenizer.ggml.add_eos_token", true);
        values.put("tokenizer.ggml.add_space_prefix", true);
        values.put("tokenizer.ggml.remove_extra_whitespaces", true);
        return values;
    }
}
