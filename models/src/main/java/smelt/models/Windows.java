package smelt.models;

import java.util.List;
import java.util.function.IntPredicate;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Which layers see a sliding window of the latest positions only, and how wide it is. */
final class Windows {
    private final int width;
    private final IntPredicate sliding;

    private Windows(int width, IntPredicate sliding) {
        this.width = width;
        this.sliding = sliding;
    }

    /** As configured for each layer, else by {@code usual}. */
    static Windows of(Config config, int layers, IntPredicate usual) {
        int width = config.countOrZero("attention.sliding_window", "sliding_window");
        if (!config.flag("", "use_sliding_window", true)) {
            return new Windows(0, layer -> false);
        }
        return config.texts("", "layer_types")
                .map(kinds -> new Windows(width, byKind(kinds, layers)))
                .orElse(new Windows(width, usual));
    }

    private static IntPredicate byKind(List<String> kinds, int layers) {
        if (kinds.size() != layers) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Key 'layer_types' has " + kinds.size() + " entries for " + layers + " layers");
        }
        for (String kind : kinds) {
            if (!kind.equals("full_attention") && !kind.equals("sliding_attention")) {
                throw Failure.of(FailureCode.UNSUPPORTED, "Layer type '" + Nearest.clip(kind) + "' is not known");
            }
        }
        return layer -> kinds.get(layer).equals("sliding_attention");
    }

    boolean slides(int layer) {
        return width > 0 && sliding.test(layer);
    }

    /** Positions that the layer sees, its own included; 0: all. */
    int at(int layer) {
        return slides(layer) ? width : 0;
    }
}
