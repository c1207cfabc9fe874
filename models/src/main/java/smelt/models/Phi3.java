package smelt.models;

import java.util.List;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Op;

/** Phi 3 and 4: Llama with queries, keys and values in one tensor and gate and up in another. */
final class Phi3 implements Family {
    @Override
    public String name() {
        return "phi3";
    }

    @Override
    public List<String> architectures() {
        return List.of("phi3");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES.without("attn_q", "attn_k", "attn_v", "ffn_gate").and("""
                blk.%d.attn_qkv  model.layers.%d.self_attn.qkv_proj
                blk.%d.ffn_up    model.layers.%d.mlp.gate_up_proj
                """);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Shape shape = Shape.of(file.config());
        Attention attention = Attention.causal(shape, Rotary.of(file, shape, Pairing.HALVES));
        Windows windows = Windows.of(file.config(), shape.layers(), layer -> true);
        return new Decoder(file, shape)
                .graph(name(), block -> Llama.layer(block, attention.withWindow(windows.at(block.index())), Op.SILU));
    }
}
