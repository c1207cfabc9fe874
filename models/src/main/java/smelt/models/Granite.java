package smelt.models;

import java.util.List;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/** Granite 3: Llama with constants on the token rows, the scores, each residual branch and the logits. */
final class Granite implements Family {
    @Override
    public String name() {
        return "granite";
    }

    @Override
    public List<String> architectures() {
        return List.of("granite");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES;
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Config config = file.config();
        Shape shape = Shape.of(config);
        Attention plain = Attention.causal(shape, Rotary.of(file, shape, Pairing.ADJACENT));
        Attention attention = plain.withScale(config.optionalPositive("attention.scale", "attention_multiplier")
                .orElse(plain.scale()));
        double rows = config.optionalPositive("embedding_scale", "embedding_multiplier")
                .orElse(1);
        double branch =
                config.optionalPositive("residual_scale", "residual_multiplier").orElse(1);
        double logits = config.optionalPositive("logit_scale", "logits_scaling").orElse(1);
        Decoder decoder = new Decoder(file, shape);
        return decoder.graph(
                name(),
                block -> block.graph().scale(decoder.tokens(block), rows),
                block -> layer(block, attention, branch),
                block -> block.graph().scale(decoder.logits(block), 1 / logits));
    }

    private static Node layer(Block block, Attention attention, double branch) {
        Node x = block.input();
        Node attended = block.attention(block.rmsNorm("attn_norm", x), attention);
        Node middle = block.add(x, block.graph().scale(attended, branch));
        Node fed = block.gated(block.rmsNorm("ffn_norm", middle), Op.SILU);
        return block.add(middle, block.graph().scale(fed, branch));
    }
}
