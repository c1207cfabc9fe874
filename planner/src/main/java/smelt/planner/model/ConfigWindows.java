package smelt.planner.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which layers of a config see everything, which a window, and which have a state instead. */
final class ConfigWindows {
    private final ConfigFields fields;
    private final Set<Trait> traits;
    private final Optional<List<String>> layerTypes;
    private final int window;

    ConfigWindows(ConfigFields fields, Set<Trait> traits, int layers, int defaultWindow) {
        this.fields = fields;
        this.traits = traits;
        this.layerTypes = fields.layerTexts("layer_types", layers);
        this.window = fields.countOr(defaultWindow, "sliding_window", "attention_chunk_size");
    }

    boolean isLinear(int layer) {
        return layerTypes
                .map(types -> types.get(layer).equals("linear_attention"))
                .orElseGet(() -> {
                    int interval = fields.countOr(4, "full_attention_interval");
                    return interval < 1 || (layer + 1) % interval != 0;
                });
    }

    boolean isMamba(int layer) {
        return layerTypes.map(types -> types.get(layer).equals("mamba")).orElse(true);
    }

    /** Positions that a layer looks back at; 0: all. */
    int at(int layer) {
        boolean narrow = layerTypes
                .map(types -> types.get(layer).equals("sliding_attention")
                        || types.get(layer).equals("chunked_attention"))
                .orElseGet(() -> byRule(layer));
        return narrow ? window : 0;
    }

    private boolean byRule(int layer) {
        if (has(Trait.WINDOW_BY_KEY)) {
            return fields.flag("use_sliding_window", false)
                    && layer >= fields.countOr(Integer.MAX_VALUE, "max_window_layers");
        }
        if (fields.has("attention_chunk_size")) {
            return (layer + 1) % 4 != 0;
        }
        int pattern = has(Trait.WINDOW_OF_TWO) ? 2 : has(Trait.WINDOW_OF_FOUR) ? 4 : has(Trait.WINDOW_OF_SIX) ? 6 : 0;
        if (pattern > 0) {
            pattern = Math.max(1, fields.countOr(pattern, "sliding_window_pattern", "_sliding_window_pattern"));
            return (layer + 1) % pattern != 0;
        }
        return has(Trait.WINDOW);
    }

    private boolean has(Trait trait) {
        return traits.contains(trait);
    }
}
