package smelt.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile.Format;

/**
 * A family's tensor names in both formats. A slot is named as in GGUF, without the layer and without {@code .weight}:
 * {@code attn_q}. Patterns hold %d for the layer and %e for the expert.
 */
final class WeightNames {
    private static final String LAYER = "blk.%d.";

    private record Patterns(String gguf, String huggingFace) {}

    private final Map<String, Patterns> patterns;
    private final Map<String, String> prefixes;
    private final Set<String> transposed;

    private WeightNames(Map<String, Patterns> patterns, Map<String, String> prefixes, Set<String> transposed) {
        this.patterns = patterns;
        this.prefixes = prefixes;
        this.transposed = transposed;
    }

    /** A line for each tensor: its GGUF name and its Hugging Face name, both without {@code .weight}. */
    static WeightNames of(String table) {
        return new WeightNames(new LinkedHashMap<>(), Map.of(), Set.of()).and(table);
    }

    /** This table with more lines; a line for a known slot replaces the former. */
    WeightNames and(String table) {
        Map<String, Patterns> merged = new LinkedHashMap<>(patterns);
        table.lines().map(line -> line.strip().split(" +")).forEach(columns -> {
            String slot = columns[0].startsWith(LAYER) ? columns[0].substring(LAYER.length()) : columns[0];
            merged.put(slot, new Patterns(columns[0], columns[1]));
        });
        return new WeightNames(merged, prefixes, transposed);
    }

    /** This table without some slots, such as the parts of a tensor that a family stores fused. */
    WeightNames without(String... slots) {
        Map<String, Patterns> rest = new LinkedHashMap<>(patterns);
        rest.keySet().removeAll(List.of(slots));
        return new WeightNames(rest, prefixes, transposed);
    }

    /** Files may begin names with {@code prefix} where the table says {@code shown}. */
    WeightNames alias(String prefix, String shown) {
        Map<String, String> more = new LinkedHashMap<>(prefixes);
        more.put(prefix, shown);
        return new WeightNames(patterns, more, transposed);
    }

    /** Hugging Face files hold these slots as [in, out]. */
    WeightNames transposed(String... slots) {
        return new WeightNames(patterns, prefixes, Set.of(slots));
    }

    boolean isTransposed(String slot) {
        return transposed.contains(slot);
    }

    /** A file's name as the table writes it. */
    String canonical(String name) {
        for (Map.Entry<String, String> prefix : prefixes.entrySet()) {
            if (name.startsWith(prefix.getKey())) {
                return prefix.getValue() + name.substring(prefix.getKey().length());
            }
        }
        return name;
    }

    boolean has(String slot) {
        return patterns.containsKey(slot);
    }

    /** Name in the file, without {@code .weight}; may still hold %e. */
    String name(Format format, String slot, int layer) {
        Patterns found = patterns.get(slot);
        if (found == null) {
            throw Failure.of(FailureCode.INTERNAL, "No tensor name for slot '" + slot + "'");
        }
        String pattern = format == Format.GGUF ? found.gguf() : found.huggingFace();
        return pattern.replace("%d", Integer.toString(layer));
    }
}
