package smelt.store;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which files make up a model, judged by their names. */
final class ModelFileNames {
    /** As llama.cpp's gguf-split names the parts. */
    private static final Pattern SPLIT = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.CASE_INSENSITIVE);

    private static final Set<String> BESIDE_SAFETENSORS = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "vocab.txt",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json",
            "model.safetensors.index.json");

    /** What is taken where nobody says which: the usual trade of size against loss first. */
    private static final List<String> PREFERRED =
            List.of("q4_k_m", "q4_k_s", "q4_0", "q4_1", "q5_k_m", "q6_k", "q8_0", "bf16", "f16");

    private ModelFileNames() {}

    static boolean isGguf(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".gguf");
    }

    private static boolean isPartOfFolder(String name) {
        return BESIDE_SAFETENSORS.contains(name) || name.endsWith(".safetensors");
    }

    /** A picture encoder or an importance matrix: GGUF, but no language model. */
    private static boolean isCompanion(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String base = lower.substring(lower.lastIndexOf('/') + 1);
        return base.startsWith("mmproj") || base.contains("imatrix");
    }

    /**
     * The GGUF files of one model out of many: in the preferred block type, else the largest; all parts of a split one,
     * in order. Empty where there is none.
     */
    static <T> List<T> chooseGguf(List<T> all, Function<T, String> name, ToLongFunction<T> bytes) {
        List<T> models = all.stream()
                .filter(f -> isGguf(name.apply(f)) && !isCompanion(name.apply(f)))
                .toList();
        Optional<T> chosen = PREFERRED.stream()
                .flatMap(type -> models.stream()
                        .filter(f -> name.apply(f).toLowerCase(Locale.ROOT).contains(type))
                        .limit(1))
                .findFirst()
                .or(() -> models.stream().max(Comparator.comparingLong(bytes)));
        return chosen.map(c -> partsOf(name.apply(c), models, name)).orElse(List.of());
    }

    /** {@code name} alone, or all parts of the split model that it belongs to, in order. */
    static <T> List<T> partsOf(String name, List<T> all, Function<T, String> nameOf) {
        Matcher split = SPLIT.matcher(name);
        if (!split.matches()) {
            return all.stream().filter(f -> nameOf.apply(f).equals(name)).toList();
        }
        return all.stream()
                .filter(f -> {
                    Matcher other = SPLIT.matcher(nameOf.apply(f));
                    return other.matches()
                            && other.group(1).equals(split.group(1))
                            && other.group(3).equals(split.group(3));
                })
                .sorted(Comparator.comparing(nameOf))
                .toList();
    }

    /**
     * The files of a safetensors model out of those of one folder; empty unless configuration and weights are there.
     * Where weights of the usual name exist, others (a publisher's second copy) are left.
     */
    static <T> List<T> safetensorsFolder(List<T> folder, Function<T, String> baseName) {
        boolean usual = folder.stream().anyMatch(f -> isUsualWeights(baseName.apply(f)));
        List<T> files = folder.stream()
                .filter(f -> isPartOfFolder(baseName.apply(f)))
                .filter(f -> !usual || !isWeights(baseName.apply(f)) || isUsualWeights(baseName.apply(f)))
                .toList();
        boolean configured = files.stream().anyMatch(f -> baseName.apply(f).equals("config.json"));
        boolean weights = files.stream().anyMatch(f -> isWeights(baseName.apply(f)));
        return configured && weights ? files : List.of();
    }

    private static boolean isWeights(String name) {
        return name.endsWith(".safetensors");
    }

    private static boolean isUsualWeights(String name) {
        return isWeights(name) && name.startsWith("model");
    }
}
