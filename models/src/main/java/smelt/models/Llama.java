package smelt.models;

import java.util.List;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * Llama 1 to 3, and the many that are built like it: SmolLM2, Skywork, Mistral with its sliding window. Norm ahead of
 * attention and of the gated feed-forward; biases where the file has them.
 */
final class Llama implements Family {
    @Override
    public String name() {
        return "llama";
    }

    @Override
    public List<String> architectures() {
        return List.of("llama", "skywork");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES;
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Shape shape = Shape.of(file.config());
        Attention attention = Attention.causal(shape, Rotary.of(file, shape, Pairing.ADJACENT));
        Windows windows = Windows.of(file.config(), shape.layers(), layer -> true);
        Op activation = Decoder.activation(file.config(), Op.SILU);
        return new Decoder(file, shape)
                .graph(name(), block -> layer(block, attention.withWindow(windows.at(block.index())), activation));
    }

    /** The layer that most later families vary. */
    static Node layer(Block block, Attention attention, Op activation) {
        Node x = block.input();
        Node attended = block.add(x, block.attention(block.rmsNorm("attn_norm", x), attention));
        return block.add(attended, block.gated(block.rmsNorm("ffn_norm", attended), activation));
    }
}
