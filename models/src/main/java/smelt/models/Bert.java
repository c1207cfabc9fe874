package smelt.models;

import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.ModelGraph;
import smelt.graph.ModelGraph.Pooling;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * BERT and the embedding models built on it: learned positions, every token sees every other, layer norms behind each
 * sum. All text is of the first token type. The head hands on the rows, which are pooled.
 */
final class Bert implements Family {
    @Override
    public String name() {
        return "bert";
    }

    @Override
    public List<String> architectures() {
        return List.of("bert");
    }

    @Override
    public WeightNames names() {
        return WeightNames.of("""
                token_embd               embeddings.word_embeddings
                position_embd            embeddings.position_embeddings
                token_types              embeddings.token_type_embeddings
                token_embd_norm          embeddings.LayerNorm
                blk.%d.attn_q            encoder.layer.%d.attention.self.query
                blk.%d.attn_k            encoder.layer.%d.attention.self.key
                blk.%d.attn_v            encoder.layer.%d.attention.self.value
                blk.%d.attn_output       encoder.layer.%d.attention.output.dense
                blk.%d.attn_output_norm  encoder.layer.%d.attention.output.LayerNorm
                blk.%d.ffn_up            encoder.layer.%d.intermediate.dense
                blk.%d.ffn_down          encoder.layer.%d.output.dense
                blk.%d.layer_output_norm encoder.layer.%d.output.LayerNorm
                """).alias("bert.", "");
    }

    @Override
    public Map<String, Object> defaults() {
        return Map.of("layer_norm_eps", 1e-12);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Config config = file.config();
        String positions = config.text("", "position_embedding_type").orElse("absolute");
        if (!positions.equals("absolute")) {
            throw Failure.of(FailureCode.UNSUPPORTED, "Positions '" + Nearest.clip(positions) + "' are not known");
        }
        Shape shape = Shape.of(config);
        Attention attention = Attention.causal(shape, null).seeingAll();
        Op activation = Decoder.activation(config, Op.GELU_ERF);
        Decoder decoder = new Decoder(file, shape);
        return decoder.graph(
                decoder.info(name(), Poolings.of(config).orElse(Pooling.MEAN)),
                block -> embedding(decoder, block),
                block -> layer(block, attention, activation),
                Block::input);
    }

    private static Node embedding(Decoder decoder, Block block) {
        Node words = block.add(decoder.tokens(block), decoder.positions(block));
        Node type = block.weights().firstRow("token_types.weight", words.width());
        return block.layerNorm("token_embd_norm", block.add(words, type));
    }

    private static Node layer(Block block, Attention attention, Op activation) {
        Node x = block.input();
        Node middle = block.layerNorm("attn_output_norm", block.add(x, block.attention(x, attention)));
        return block.layerNorm("layer_output_norm", block.add(middle, block.plain(middle, activation)));
    }
}
