package smelt.planner.model;

/** What a family's modules have that their config does not say, or says under a key of its own. */
enum Trait {
    /** Multi-head latent attention. */
    LATENT,
    /** Gated delta rule in most layers. */
    DELTA,
    /** Mamba 2 in most layers. */
    MAMBA,
    /** Biases of the projections to queries, keys and values. */
    QKV_BIAS,
    /** The same, if {@code attention_bias} says so. */
    QKV_BIAS_BY_KEY,
    /** Biases of all four projections, if {@code attention_bias}, {@code use_bias} or {@code bias} says so. */
    BIAS_BY_KEY,
    ALL_BIAS,
    /** Queries and keys are normed head by head. */
    HEAD_NORM,
    /** The same, if {@code use_qk_norm} says so. */
    HEAD_NORM_BY_KEY,
    /** Queries and keys are normed over their whole width. */
    FULL_NORM,
    /** A norm before and after attention and feed-forward. */
    FOUR_NORMS,
    /** One norm before both. */
    ONE_NORM,
    /** Norms have biases. */
    NORM_BIAS,
    /** Two matrices in place of three. */
    UNGATED,
    MLP_BIAS,
    /** The same, if {@code mlp_bias} or {@code use_bias} says so. */
    MLP_BIAS_BY_KEY,
    /** The head is the embedding, unless the config says otherwise. */
    TIED,
    HEAD_BIAS,
    LEARNED_POSITIONS,
    /** A norm after the embedding. */
    EMBEDDING_NORM,
    EXPERTS,
    /** A bias for each expert corrects the choice. */
    CORRECTION_BIAS,
    /** A vector gates the shared expert. */
    SHARED_GATE,
    /** Router and experts have biases, heads have sinks. */
    EXPERT_BIAS_AND_SINKS,
    /** {@code sliding_window} holds for every layer. */
    WINDOW,
    /** {@code sliding_window} holds where {@code use_sliding_window} says so, from {@code max_window_layers} on. */
    WINDOW_BY_KEY,
    /** Of two, four or six layers the last sees everything. */
    WINDOW_OF_TWO,
    WINDOW_OF_FOUR,
    WINDOW_OF_SIX
}
