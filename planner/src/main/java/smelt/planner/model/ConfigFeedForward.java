package smelt.planner.model;

import java.util.Set;

/** Which layers of a config are dense and which are mixtures, and how wide. */
final class ConfigFeedForward {
    private final ConfigFields fields;
    private final String type;
    private final Set<Trait> traits;
    private final int hidden;
    private final Set<Integer> sparseLayers;
    private final Set<Integer> denseLayers;

    ConfigFeedForward(ConfigFields fields, String type, Set<Trait> traits, int hidden) {
        this.fields = fields;
        this.type = type;
        this.traits = traits;
        this.hidden = hidden;
        this.sparseLayers = fields.numbers("moe_layers");
        this.denseLayers = fields.numbers("mlp_only_layers");
    }

    FeedForward at(int layer) {
        int routed = traits.contains(Trait.EXPERTS)
                ? fields.countOr(0, "num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts")
                : 0;
        return routed > 0 && isSparse(layer) ? experts(routed) : dense();
    }

    private boolean isSparse(int layer) {
        if (fields.has("moe_layers")) {
            return sparseLayers.contains(layer);
        }
        int step = fields.countOr(1, "decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_interval");
        int first = fields.countOr(0, "first_k_dense_replace", "moe_layer_start_index");
        int every = Math.max(1, fields.countOr(1, "moe_layer_freq"));
        return layer >= first
                && layer % every == 0
                && (step <= 1 || (layer + 1) % step == 0)
                && !denseLayers.contains(layer);
    }

    private FeedForward dense() {
        int inner;
        if (type.equals("llama4_text")) {
            inner = fields.count("intermediate_size_mlp");
        } else if (type.equals("granitemoehybrid")) {
            inner = fields.count("shared_intermediate_size");
        } else {
            inner = fields.countOr(4 * hidden, "intermediate_size", "ffn_dim", "n_inner");
        }
        return new FeedForward.Dense(inner, isGated());
    }

    private boolean isGated() {
        return !traits.contains(Trait.UNGATED);
    }

    private FeedForward experts(int routed) {
        int inner = fields.count("moe_intermediate_size", "intermediate_size");
        int active = fields.count("num_experts_per_tok", "moe_k", "moe_topk");
        int sharedInner = fields.countOr(0, "shared_expert_intermediate_size", "shared_intermediate_size");
        int shared = sharedInner > 0 ? 1 : fields.countOr(0, "n_shared_experts", "moe_num_shared_experts");
        if (type.equals("llama4_text")) {
            shared = 1;
        }
        return new FeedForward.Experts(
                routed, active, inner, shared, shared == 0 ? 0 : sharedInner > 0 ? sharedInner : inner, isGated());
    }

    /** What a layer has beyond matrices: biases, and the vector that gates a shared expert. */
    long other(FeedForward feedForward) {
        return switch (feedForward) {
            case FeedForward.Dense dense -> biases(dense);
            case FeedForward.Experts experts ->
                (traits.contains(Trait.CORRECTION_BIAS) ? experts.routed() : 0)
                        + (traits.contains(Trait.SHARED_GATE) ? hidden : 0)
                        + (traits.contains(Trait.EXPERT_BIAS_AND_SINKS)
                                ? experts.routed() * (1 + hidden + 2L * experts.inner())
                                : 0);
        };
    }

    private long biases(FeedForward.Dense dense) {
        boolean asked = fields.flag("mlp_bias", fields.flag("use_bias", false));
        boolean biased = traits.contains(Trait.MLP_BIAS) || (traits.contains(Trait.MLP_BIAS_BY_KEY) && asked);
        return biased ? (dense.gated() ? 2L : 1L) * dense.inner() + hidden : 0;
    }
}
