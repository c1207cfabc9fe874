package smelt.models;

import java.util.List;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Op;

/** Qwen 3: Llama with an RMS norm on each head's query and key, and a head width of its own. */
final class Qwen3 implements Family {
    @Override
    public String name() {
        return "qwen3";
    }

    @Override
    public List<String> architectures() {
        return List.of("qwen3");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES.and(Decoder.QUERY_NORMS);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Shape shape = Shape.of(file.config());
        Attention attention = attention(file, shape);
        Windows windows = Qwen2.windows(file.config(), shape);
        return new Decoder(file, shape)
                .graph(name(), block -> Llama.layer(block, attention.withWindow(windows.at(block.index())), Op.SILU));
    }

    static Attention attention(Checkpoint file, Shape shape) {
        return Attention.causal(shape, Rotary.of(file, shape, Pairing.HALVES)).withNorm(Attention.QueryNorm.HEAD);
    }
}
