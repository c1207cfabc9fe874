package smelt.models;

import java.util.List;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Op;

/** Qwen 2 and 2.5: Llama with biases on queries, keys and values, windows on the later layers where configured. */
final class Qwen2 implements Family {
    @Override
    public String name() {
        return "qwen2";
    }

    @Override
    public List<String> architectures() {
        return List.of("qwen2");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES;
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Shape shape = Shape.of(file.config());
        Attention attention = Attention.causal(shape, Rotary.of(file, shape, Pairing.HALVES));
        Windows windows = windows(file.config(), shape);
        return new Decoder(file, shape).graph(name(), block -> {
            block.require("attn_q.bias", "attn_k.bias", "attn_v.bias");
            return Llama.layer(block, attention.withWindow(windows.at(block.index())), Op.SILU);
        });
    }

    /** Layers from max_window_layers on have the window. */
    static Windows windows(Config config, Shape shape) {
        int full = config.countOrZero("", "max_window_layers");
        return Windows.of(config, shape.layers(), layer -> layer >= full);
    }
}
