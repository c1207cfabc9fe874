package smelt.models;

import java.util.List;
import smelt.graph.Attr;
import smelt.graph.ModelGraph;
import smelt.graph.Op;

/** Qwen 3 with a mixture of experts in place of the feed-forward, in most layers. */
final class Qwen3Moe implements Family {
    @Override
    public String name() {
        return "qwen3moe";
    }

    @Override
    public List<String> architectures() {
        return List.of("qwen3moe", "qwen3_moe");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES.and(Decoder.QUERY_NORMS).and("""
                blk.%d.ffn_gate_inp   model.layers.%d.mlp.gate
                blk.%d.ffn_gate_exps  model.layers.%d.mlp.experts.%e.gate_proj
                blk.%d.ffn_up_exps    model.layers.%d.mlp.experts.%e.up_proj
                blk.%d.ffn_down_exps  model.layers.%d.mlp.experts.%e.down_proj
                """);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Config config = file.config();
        Shape shape = Shape.of(config);
        Attention attention = Qwen3.attention(file, shape);
        Windows windows = Qwen2.windows(config, shape);
        int width = config.count("expert_feed_forward_length", "moe_intermediate_size");
        boolean renormalise = config.isGguf() || config.flag("", "norm_topk_prob", false);
        Attr.Experts experts = Mixtral.experts(config, renormalise);
        return new Decoder(file, shape).graph(name(), block -> {
            Attention kind = attention.withWindow(windows.at(block.index()));
            return isDense(block) ? Llama.layer(block, kind, Op.SILU) : Mixtral.layer(block, kind, width, experts);
        });
    }

    /** A few files keep the plain feed-forward in some layers; those have no router. */
    private static boolean isDense(Block block) {
        return !block.weights().has("ffn_gate_inp.weight");
    }
}
