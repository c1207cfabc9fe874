package smelt.models;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * Gemma 2: norms ahead of and behind attention and feed-forward, a window on every other layer, soft caps on scores and
 * logits, token rows scaled by the root of their width. Hugging Face files hold w of the norms' (1 + w), GGUF files 1 +
 * w.
 */
final class Gemma2 implements Family {
    static final WeightNames NAMES = Decoder.NAMES.and("""
            blk.%d.post_attention_norm  model.layers.%d.post_attention_layernorm
            blk.%d.ffn_norm             model.layers.%d.pre_feedforward_layernorm
            blk.%d.post_ffw_norm        model.layers.%d.post_feedforward_layernorm
            """);

    @Override
    public String name() {
        return "gemma2";
    }

    @Override
    public List<String> architectures() {
        return List.of("gemma2");
    }

    @Override
    public WeightNames names() {
        return NAMES;
    }

    @Override
    public Map<String, Object> defaults() {
        return Map.of("query_pre_attn_scalar", 256L);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Config config = file.config();
        Shape shape = shape(config);
        Attention attention = Attention.causal(shape, Rotary.of(file, shape, Pairing.HALVES))
                .withScale(scale(config, shape, 46))
                .withSoftcap(config.optionalPositive("attn_logit_softcapping", "attn_logit_softcapping")
                        .orElse(0));
        Windows windows = Windows.of(config, shape.layers(), layer -> layer % 2 == 0);
        return graph(file, shape, name(), block -> attention.withWindow(windows.at(block.index())));
    }

    static Shape shape(Config config) {
        return Shape.of(config).withNormOffset(config.isGguf() ? 0 : 1);
    }

    /**
     * GGUF does not say; there the 27B model alone, known by its layers, divides by the width per head of the stream.
     */
    static double scale(Config config, Shape shape, int layersOf27B) {
        int perHead = shape.layers() == layersOf27B ? shape.hidden() / shape.heads() : shape.headWidth();
        return 1 / Math.sqrt(config.isGguf() ? perHead : config.positive("", "query_pre_attn_scalar"));
    }

    /** The graph of Gemma 2 and 3, given the attention of each layer. */
    static ModelGraph graph(Checkpoint file, Shape shape, String family, Function<Block, Attention> attention) {
        Config config = file.config();
        Decoder decoder = new Decoder(file, shape);
        Op activation = Decoder.activation(config, Op.GELU_TANH);
        double cap = config.optionalPositive("final_logit_softcapping", "final_logit_softcapping")
                .orElse(0);
        return decoder.graph(
                family,
                block -> block.graph().scale(decoder.tokens(block), Math.sqrt(shape.hidden())),
                block -> layer(block, attention.apply(block), activation),
                block -> block.graph().softcap(decoder.logits(block), cap));
    }

    private static Node layer(Block block, Attention attention, Op activation) {
        Node x = block.input();
        Node attended = block.attention(block.rmsNorm("attn_norm", x), attention);
        Node middle = block.add(x, block.rmsNorm("post_attention_norm", attended));
        Node fed = block.gated(block.rmsNorm("ffn_norm", middle), activation);
        return block.add(middle, block.rmsNorm("post_ffw_norm", fed));
    }
}
