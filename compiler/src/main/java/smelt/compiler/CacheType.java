package smelt.compiler;

import java.util.Locale;

/** How keys and values are kept. */
public enum CacheType {
    /** As f16, or as f32 in models whose weights are f32. */
    F16,
    /** As int8, with an f16 scale for the key, and one for the value, of each position and head. */
    Q8;

    /** As people write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
