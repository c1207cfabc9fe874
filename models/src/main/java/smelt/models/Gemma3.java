package smelt.models;

import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.Attr.Rope.Pairing;
import smelt.graph.ModelGraph;

/**
 * Gemma 3, the text part: Gemma 2 without soft caps, with a norm on each head's query and key, a full layer after each
 * five windowed ones, and a slower rotation on the full ones.
 */
final class Gemma3 implements Family {
    private static final int PATTERN = 6;

    @Override
    public String name() {
        return "gemma3";
    }

    @Override
    public List<String> architectures() {
        return List.of("gemma3", "gemma3_text");
    }

    @Override
    public WeightNames names() {
        return Gemma2.NAMES
                .and(Decoder.QUERY_NORMS)
                .alias("language_model.model.", "model.")
                .alias("language_model.lm_head.", "lm_head.")
                .alias("model.language_model.", "model.")
                .alias("model.vision_tower.", "vision_tower.")
                .alias("model.multi_modal_projector.", "multi_modal_projector.");
    }

    /** What the published files of the larger sizes leave to the reader. */
    @Override
    public Map<String, Object> defaults() {
        return Map.of(
                "num_attention_heads", 8L,
                "num_key_value_heads", 4L,
                "head_dim", 256L,
                "rms_norm_eps", 1e-6,
                "max_position_embeddings", 131_072L,
                "query_pre_attn_scalar", 256L,
                "sliding_window", 4096L,
                "rope_theta", 1e6,
                "rope_local_base_freq", 1e4);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Config config = file.config();
        if (config.flag("", "use_bidirectional_attention", false)) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED, "Gemma 3 with bidirectional attention embeds; it does not generate");
        }
        Shape shape = Gemma2.shape(config);
        Attention full = Attention.causal(shape, Rotary.of(file, shape, Pairing.HALVES, "full_attention."))
                .withScale(Gemma2.scale(config, shape, 62))
                .withNorm(Attention.QueryNorm.HEAD)
                .withSoftcap(config.optionalPositive("attn_logit_softcapping", "attn_logit_softcapping")
                        .orElse(0));
        Attention local = full.withRope(localRope(file, shape));
        int pattern = config.optionalCount("attention.sliding_window_pattern", "sliding_window_pattern")
                .orElse(PATTERN);
        Windows windows = Windows.of(config, shape.layers(), layer -> layer % pattern < pattern - 1);
        return Gemma2.graph(file, shape, name(), block -> {
            int layer = block.index();
            return windows.slides(layer) ? local.withWindow(windows.at(layer)) : full;
        });
    }

    /** Layers with a window rotate at the short context's base, never stretched. */
    private static Attr.Rope localRope(Checkpoint file, Shape shape) {
        Config config = file.config();
        if (config.has("", "rope_parameters.sliding_attention.rope_theta")) {
            return Rotary.of(file, shape, Pairing.HALVES, "sliding_attention.");
        }
        double base = config.optionalPositive("rope.freq_base_swa", "rope_local_base_freq")
                .orElse(10_000);
        return Rotary.plain(file, shape, Pairing.HALVES, base);
    }
}
