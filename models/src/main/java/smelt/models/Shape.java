package smelt.models;

import java.util.OptionalInt;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Sizes that every transformer has.
 *
 * @param hidden columns of the residual stream
 * @param keyHeads heads of keys and of values
 * @param feedForward columns between the two halves of the feed-forward
 * @param epsilon of the norms
 * @param normOffset added to the norms' weights
 */
record Shape(
        int layers,
        int contextLength,
        int hidden,
        int heads,
        int keyHeads,
        int headWidth,
        int feedForward,
        double epsilon,
        double normOffset) {
    private static final int LARGEST_ROW = 1_000_000;

    static Shape of(Config config) {
        int hidden = config.count("embedding_length", "hidden_size");
        int heads = config.count("attention.head_count", "num_attention_heads");
        int keyHeads = config.optionalCount("attention.head_count_kv", "num_key_value_heads")
                .orElse(heads);
        int headWidth = headWidth(config, hidden, heads);
        if (heads % keyHeads != 0) {
            throw malformed(heads + " attention heads are no multiple of " + keyHeads + " key heads");
        }
        if ((long) heads * headWidth > LARGEST_ROW) {
            throw malformed(heads + " heads of " + headWidth + " columns are more than " + LARGEST_ROW);
        }
        int feedForward = config.optionalCount("feed_forward_length", "intermediate_size")
                .orElse(Math.min(4 * hidden, LARGEST_ROW));
        int layers = config.count("block_count", "num_hidden_layers");
        return new Shape(
                layers, config.contextLength(), hidden, heads, keyHeads, headWidth, feedForward, epsilon(config), 0);
    }

    private static int headWidth(Config config, int hidden, int heads) {
        OptionalInt given = config.optionalCount("attention.key_length", "head_dim");
        OptionalInt values = config.optionalCount("attention.value_length", "");
        if (given.isPresent() && values.isPresent() && given.getAsInt() != values.getAsInt()) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    "Keys of " + given.getAsInt() + " and values of " + values.getAsInt() + " columns per head differ");
        }
        if (given.isEmpty() && hidden % heads != 0) {
            throw malformed("Width " + hidden + " is no multiple of " + heads + " attention heads");
        }
        return given.orElse(hidden / heads);
    }

    private static double epsilon(Config config) {
        return config.optionalPositive("attention.layer_norm_epsilon", "layer_norm_eps")
                .orElseGet(() -> config.positive("attention.layer_norm_rms_epsilon", "rms_norm_eps"));
    }

    Shape withContextLength(int positions) {
        return new Shape(layers, positions, hidden, heads, keyHeads, headWidth, feedForward, epsilon, normOffset);
    }

    Shape withNormOffset(double offset) {
        return new Shape(layers, contextLength, hidden, heads, keyHeads, headWidth, feedForward, epsilon, offset);
    }

    int queryWidth() {
        return heads * headWidth;
    }

    int keyWidth() {
        return keyHeads * headWidth;
    }

    private static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, what);
    }
}
