package smelt.models;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/** Llama whose feed-forward is a mixture of experts; its GGUF files say "llama" and count experts. */
final class Mixtral implements Family {
    @Override
    public String name() {
        return "mixtral";
    }

    @Override
    public List<String> architectures() {
        return List.of("mixtral", "llama");
    }

    @Override
    public boolean reads(Config config) {
        return !config.architecture().equals("llama") || config.countOrZero("expert_count", "") > 0;
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES.without("ffn_gate", "ffn_up", "ffn_down").and("""
                blk.%d.ffn_gate_inp   model.layers.%d.block_sparse_moe.gate
                blk.%d.ffn_gate_exps  model.layers.%d.block_sparse_moe.experts.%e.w1
                blk.%d.ffn_up_exps    model.layers.%d.block_sparse_moe.experts.%e.w3
                blk.%d.ffn_down_exps  model.layers.%d.block_sparse_moe.experts.%e.w2
                """);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Config config = file.config();
        Shape shape = Shape.of(config);
        Attention attention = Attention.causal(shape, Rotary.of(file, shape, Pairing.ADJACENT));
        Windows windows = Windows.of(config, shape.layers(), layer -> true);
        Attr.Experts experts = experts(config, true);
        return new Decoder(file, shape)
                .graph(
                        name(),
                        block -> layer(
                                block, attention.withWindow(windows.at(block.index())), shape.feedForward(), experts));
    }

    /** Experts of which each token takes the few with the largest softmax. */
    static Attr.Experts experts(Config config, boolean renormalise) {
        int count = config.count("expert_count", "num_local_experts");
        int used = config.count("expert_used_count", "num_experts_per_tok");
        if (used > count) {
            throw Failure.of(FailureCode.MALFORMED, used + " experts of each token are more than all " + count);
        }
        return new Attr.Experts(count, used, renormalise, Op.SILU);
    }

    /** @param width columns of each expert */
    static Node layer(Block block, Attention attention, int width, Attr.Experts experts) {
        Node x = block.input();
        Node attended = block.add(x, block.attention(block.rmsNorm("attn_norm", x), attention));
        return block.add(attended, block.mixture(block.rmsNorm("ffn_norm", attended), width, experts));
    }
}
