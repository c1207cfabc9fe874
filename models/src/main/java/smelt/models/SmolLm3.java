package smelt.models;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Op;

/** SmolLM 3: Llama where every fourth layer knows no positions. */
final class SmolLm3 implements Family {
    private static final int INTERVAL = 4;

    @Override
    public String name() {
        return "smollm3";
    }

    @Override
    public List<String> architectures() {
        return List.of("smollm3");
    }

    @Override
    public WeightNames names() {
        return Decoder.NAMES;
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Config config = file.config();
        Shape shape = Shape.of(config);
        Attention rotating = Attention.causal(shape, Rotary.of(file, shape, Pairing.ADJACENT));
        Attention resting = rotating.withRope(null);
        Windows windows = Windows.of(config, shape.layers(), layer -> true);
        return new Decoder(file, shape).graph(name(), block -> {
            Attention kind = rotates(config, shape.layers(), block.index()) ? rotating : resting;
            return Llama.layer(block, kind.withWindow(windows.at(block.index())), Op.SILU);
        });
    }

    /** config.json lists for each layer whether it rotates, despite the key's name. */
    private static boolean rotates(Config config, int layers, int layer) {
        List<Long> listed = config.integers("", "no_rope_layers").orElse(List.of());
        if (listed.isEmpty()) {
            return (layer + 1)
                            % config.optionalCount("", "no_rope_layer_interval").orElse(INTERVAL)
                    != 0;
        }
        if (listed.size() != layers) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Key 'no_rope_layers' has " + listed.size() + " entries for " + layers + " layers");
        }
        return listed.get(layer) != 0;
    }
}
