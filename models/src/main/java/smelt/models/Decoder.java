package smelt.models;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;

/** What text generating transformers share around their layers: token rows in, normalised logits out. */
final class Decoder {
    /** Names of a decoder with norms ahead of attention and feed-forward, separate projections and a gate. */
    static final WeightNames NAMES = WeightNames.of("""
            token_embd          model.embed_tokens
            output_norm         model.norm
            output              lm_head
            blk.%d.attn_norm    model.layers.%d.input_layernorm
            blk.%d.attn_q       model.layers.%d.self_attn.q_proj
            blk.%d.attn_k       model.layers.%d.self_attn.k_proj
            blk.%d.attn_v       model.layers.%d.self_attn.v_proj
            blk.%d.attn_output  model.layers.%d.self_attn.o_proj
            blk.%d.ffn_norm     model.layers.%d.post_attention_layernorm
            blk.%d.ffn_gate     model.layers.%d.mlp.gate_proj
            blk.%d.ffn_up       model.layers.%d.mlp.up_proj
            blk.%d.ffn_down     model.layers.%d.mlp.down_proj
            """);

    /** The norms per head of queries and keys. */
    static final String QUERY_NORMS = """
            blk.%d.attn_q_norm  model.layers.%d.self_attn.q_norm
            blk.%d.attn_k_norm  model.layers.%d.self_attn.k_norm
            """;

    private final Checkpoint file;
    private final Shape shape;

    Decoder(Checkpoint file, Shape shape) {
        this.file = file;
        this.shape = shape;
    }

    /** A model whose head is a last RMS norm and the output matrix. */
    ModelGraph graph(String family, Function<Block, Node> layer) {
        return graph(family, this::tokens, layer, this::logits);
    }

    ModelGraph graph(
            String family, Function<Block, Node> embedding, Function<Block, Node> layer, Function<Block, Node> head) {
        return graph(info(family, ModelGraph.Pooling.NONE), embedding, layer, head);
    }

    ModelGraph graph(
            ModelGraph.Info info,
            Function<Block, Node> embedding,
            Function<Block, Node> layer,
            Function<Block, Node> head) {
        Section first = section(0, embedding);
        List<Section> layers = new ArrayList<>();
        for (int index = 0; index < shape.layers(); index++) {
            layers.add(section(index, layer));
        }
        Section last = section(0, head);
        return new ModelGraph(info, first, layers, last);
    }

    ModelGraph.Info info(String family, ModelGraph.Pooling pooling) {
        int vocabulary = file.weights(0).rows("token_embd.weight");
        return new ModelGraph.Info(family, vocabulary, shape.contextLength(), shape.hidden(), pooling);
    }

    private Section section(int index, Function<Block, Node> body) {
        Block block = new Block(file, shape, index);
        return block.section(body.apply(block));
    }

    /** The token's row. */
    Node tokens(Block block) {
        int vocabulary = block.weights().rows("token_embd.weight");
        return block.graph().tokenEmbedding(block.weights().matrix("token_embd.weight", vocabulary, shape.hidden()));
    }

    /** The position's row of a learned table. */
    Node positions(Block block) {
        return block.graph().positionEmbedding(positionTable(block, 0), 0);
    }

    /** Rows of a learned table, {@code unused} of them before that of position 0. */
    Node positionTable(Block block, int unused) {
        return block.weights().matrix("position_embd.weight", shape.contextLength() + unused, shape.hidden());
    }

    /** output(norm x). */
    Node logits(Block block) {
        return project(block, block.rmsNorm("output_norm", block.input()));
    }

    /** The output matrix, which is the token table where the file has none of its own. */
    Node project(Block block, Node x) {
        int vocabulary = block.weights().rows("token_embd.weight");
        if (block.weights().has("output.weight") && !tied()) {
            return block.linear("output", x, vocabulary);
        }
        Node table = block.weights().matrix("output.weight", "token_embd.weight", vocabulary, shape.hidden());
        return block.graph().matmul(x, table);
    }

    private boolean tied() {
        boolean tied = file.config().flag("", "tie_word_embeddings", false);
        if (tied) {
            file.skip("lm_head.weight");
        }
        return tied;
    }

    /** The configured activation; {@code usual} where nothing is said, as in GGUF. */
    static Op activation(Config config, Op usual) {
        return config.text("", "hidden_act")
                .or(() -> config.text("", "hidden_activation"))
                .map(Decoder::activation)
                .orElse(usual);
    }

    private static Op activation(String name) {
        return switch (name) {
            case "silu", "swish" -> Op.SILU;
            case "gelu_pytorch_tanh", "gelu_new", "gelu_fast" -> Op.GELU_TANH;
            case "gelu" -> Op.GELU_ERF;
            default ->
                throw Failure.of(FailureCode.UNSUPPORTED, "Activation '" + Nearest.clip(name) + "' is not known");
        };
    }
}
