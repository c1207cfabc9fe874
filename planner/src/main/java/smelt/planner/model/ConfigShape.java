package smelt.planner.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A shape from the fields of a config. */
final class ConfigShape {
    /** Gemma 3 leaves out of its configs what is as in the family's first model. */
    private static final Map<String, Integer> GEMMA3_DEFAULTS = Map.of(
            "vocab_size", 262_208,
            "num_attention_heads", 8,
            "num_key_value_heads", 4,
            "head_dim", 256,
            "sliding_window", 4096,
            "max_position_embeddings", 131_072);

    private final ConfigFields fields;
    private final String type;
    private final Set<Trait> traits;
    private final int hidden;
    private final int layers;

    private ConfigShape(ConfigFields fields) {
        this.fields = fields;
        this.type = Families.type(fields.modelTypes());
        this.traits = Families.traits(type);
        this.hidden = count("hidden_size", "n_embd", "n_embed");
        this.layers = count("num_hidden_layers", "n_layer");
        Bounds.check("width", hidden, 1, Bounds.WIDTH);
        Bounds.check("number of layers", layers, 1, Bounds.LAYERS);
    }

    /** @throws smelt.base.Failure UNSUPPORTED for an unknown family, MALFORMED or INVALID_ARGUMENT for odd values */
    static ModelShape of(String name, ConfigFields fields, String source) {
        ModelShape shape = new ConfigShape(fields).shape(name, source);
        Counts.parameters(shape);
        return shape;
    }

    private ModelShape shape(String name, String source) {
        ConfigFeedForward feedForward = new ConfigFeedForward(fields, type, traits, hidden);
        ConfigWindows windows = new ConfigWindows(fields, traits, layers, defaultWindow());
        Map<LayerGroup, Integer> counts = new LinkedHashMap<>();
        for (int i = 0; i < layers; i++) {
            Attention attention = attention(i, windows);
            FeedForward inner = feedForward.at(i);
            long other = otherAttention(attention) + feedForward.other(inner) + norms();
            counts.merge(new LayerGroup(1, attention, inner, other), 1, Integer::sum);
        }
        List<LayerGroup> groups = counts.entrySet().stream()
                .map(entry -> entry.getKey().withCount(entry.getValue()))
                .toList();
        int vocabulary = count("vocab_size");
        boolean tied = fields.flag("tie_word_embeddings", has(Trait.TIED));
        return new ModelShape(name, vocabulary, hidden, tied, contextLength(), groups, ends(vocabulary, tied), source);
    }

    private int defaultWindow() {
        return type.equals("gemma3_text") ? GEMMA3_DEFAULTS.getOrDefault("sliding_window", 0) : 0;
    }

    private long contextLength() {
        return Math.max(
                1,
                fields.countOr(
                        GEMMA3_DEFAULTS.getOrDefault("max_position_embeddings", 1),
                        "max_position_embeddings",
                        "n_positions",
                        "seq_length"));
    }

    private Attention attention(int layer, ConfigWindows windows) {
        if (has(Trait.DELTA) && windows.isLinear(layer)) {
            return new Attention.Linear(
                    count("linear_num_key_heads"),
                    count("linear_num_value_heads"),
                    count("linear_key_head_dim"),
                    count("linear_value_head_dim"),
                    count("linear_conv_kernel_dim"));
        }
        if (has(Trait.MAMBA) && windows.isMamba(layer)) {
            return new Attention.Linear(
                    count("mamba_n_groups"),
                    count("mamba_n_heads"),
                    count("mamba_d_state"),
                    count("mamba_d_head"),
                    count("mamba_d_conv"),
                    1);
        }
        return has(Trait.LATENT) ? latent() : grouped(windows.at(layer));
    }

    private Attention latent() {
        return new Attention.Latent(
                count("num_attention_heads"),
                fields.countOr(0, "q_lora_rank"),
                count("kv_lora_rank"),
                count("qk_rope_head_dim"),
                count("qk_nope_head_dim"),
                count("v_head_dim"),
                fields.countOr(0, "index_topk"),
                fields.countOr(0, "index_n_heads"),
                fields.countOr(0, "index_head_dim"));
    }

    private Attention grouped(int window) {
        int heads = count("num_attention_heads", "n_head");
        Bounds.check("number of heads", heads, 1, Bounds.HEADS);
        int headSize = headSize(heads);
        boolean gated = has(Trait.DELTA) && fields.flag("attn_output_gate", true);
        return new Attention.Grouped(
                heads,
                fields.countOr(defaultOr("num_key_value_heads", heads), "num_key_value_heads"),
                headSize,
                fields.countOr(headSize, "v_head_dim"),
                window,
                bias() != Biases.NONE,
                has(Trait.HEAD_NORM) || (has(Trait.HEAD_NORM_BY_KEY) && fields.flag("use_qk_norm", false)),
                gated);
    }

    private int headSize(int heads) {
        int fallback = type.equals("gemma") ? 256 : defaultOr("head_dim", hidden / heads);
        return fields.countOr(fallback, "head_dim", "attention_head_dim");
    }

    private enum Biases {
        NONE,
        QKV,
        ALL
    }

    private Biases bias() {
        boolean asked = fields.flag("attention_bias", fields.flag("use_bias", fields.flag("bias", false)));
        if (has(Trait.ALL_BIAS) || (has(Trait.BIAS_BY_KEY) && asked)) {
            return Biases.ALL;
        }
        return has(Trait.QKV_BIAS) || (has(Trait.QKV_BIAS_BY_KEY) && asked) ? Biases.QKV : Biases.NONE;
    }

    /** What attention has beyond its record: an output bias, wide norms, sinks, the vectors of Mamba. */
    private long otherAttention(Attention attention) {
        return switch (attention) {
            case Attention.Grouped a ->
                (bias() == Biases.ALL || fields.flag("attention_out_bias", false) ? hidden : 0)
                        + (has(Trait.FULL_NORM) ? (long) (a.heads() + a.kvHeads()) * a.headSize() : 0)
                        + (has(Trait.EXPERT_BIAS_AND_SINKS) ? a.heads() : 0);
            case Attention.Linear a -> has(Trait.MAMBA) ? mamba(a) : 0;
            case Attention.Latent a -> 0;
            case Attention.None none -> 0;
        };
    }

    /** One more vector for each head, a norm over all values rather than a head's, a bias of the convolution. */
    private long mamba(Attention.Linear a) {
        long values = (long) a.valueHeads() * a.valueSize();
        long convolved = values + 2L * a.keyHeads() * a.keySize();
        return a.valueHeads() + values - a.valueSize() + (fields.flag("mamba_conv_bias", true) ? convolved : 0);
    }

    /** Beyond two norms without biases. */
    private long norms() {
        int norms = has(Trait.FOUR_NORMS) ? 4 : has(Trait.ONE_NORM) ? 1 : 2;
        return (long) hidden * (norms * (has(Trait.NORM_BIAS) ? 2 : 1) - 2);
    }

    private long ends(int vocabulary, boolean tied) {
        // OPT keeps two more positions than it tells.
        long positions = has(Trait.LEARNED_POSITIONS)
                ? count("max_position_embeddings", "n_positions") + (type.equals("opt") ? 2L : 0)
                : 0;
        long headBias = has(Trait.HEAD_BIAS) && !tied ? vocabulary : 0;
        return positions * hidden
                + headBias
                + (has(Trait.NORM_BIAS) ? hidden : 0)
                + (has(Trait.EMBEDDING_NORM) ? 2L * hidden : 0);
    }

    private boolean has(Trait trait) {
        return traits.contains(trait);
    }

    private int count(String... keys) {
        return type.equals("gemma3_text") && GEMMA3_DEFAULTS.containsKey(keys[0])
                ? fields.countOr(GEMMA3_DEFAULTS.getOrDefault(keys[0], 0), keys)
                : fields.count(keys);
    }

    private int defaultOr(String key, int fallback) {
        return type.equals("gemma3_text") ? GEMMA3_DEFAULTS.getOrDefault(key, fallback) : fallback;
    }
}
