package smelt.models;

import java.util.List;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/** OLMo 2: norms behind attention and feed-forward and none ahead; whole rows of queries and keys are normalised. */
final class Olmo2 implements Family {
    @Override
    public String name() {
        return "olmo2";
    }

    @Override
    public List<String> architectures() {
        return List.of("olmo2");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES
                .without("attn_norm", "ffn_norm")
                .and(Decoder.QUERY_NORMS)
                .and("""
                blk.%d.post_attention_norm  model.layers.%d.post_attention_layernorm
                blk.%d.post_ffw_norm        model.layers.%d.post_feedforward_layernorm
                """);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Shape shape = Shape.of(file.config());
        Attention attention =
                Attention.causal(shape, Rotary.of(file, shape, Pairing.HALVES)).withNorm(Attention.QueryNorm.ROW);
        return new Decoder(file, shape).graph(name(), block -> layer(block, attention));
    }

    private static Node layer(Block block, Attention attention) {
        Node x = block.input();
        Node middle = block.add(x, block.rmsNorm("post_attention_norm", block.attention(x, attention)));
        return block.add(middle, block.rmsNorm("post_ffw_norm", block.gated(middle, Op.SILU)));
    }
}
