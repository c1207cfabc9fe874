package smelt.models;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.ModelFile.Format;

/**
 * A model's configuration with every value typed and bounded. Each is asked for by its GGUF key, without the
 * architecture, and its key in config.json; an empty key is one that the format has not.
 */
final class Config {
    /** Above any real width or number of layers, and small enough that no product of two overflows a long. */
    private static final int LARGEST_COUNT = 1_000_000;

    private static final int LARGEST_CONTEXT = 1 << 30;

    /** GPT-2 names the same things differently, and so did earlier files of mixtures. */
    private static final Map<String, String> FORMER_KEYS = Map.of(
            "num_local_experts", "num_experts",
            "hidden_size", "n_embd",
            "num_hidden_layers", "n_layer",
            "num_attention_heads", "n_head",
            "max_position_embeddings", "n_positions",
            "intermediate_size", "n_inner",
            "hidden_act", "activation_function",
            "layer_norm_eps", "layer_norm_epsilon");

    private final Metadata metadata;
    private final Metadata defaults;
    private final Format format;
    private final String architecture;
    private final String scope;

    private Config(Metadata metadata, Metadata defaults, Format format, String architecture, String scope) {
        this.metadata = metadata;
        this.defaults = defaults;
        this.format = format;
        this.architecture = architecture;
        this.scope = scope;
    }

    /** @throws Failure NOT_FOUND where the file does not tell its architecture */
    static Config of(ModelFile file) {
        Metadata metadata = file.metadata();
        boolean gguf = file.format() == Format.GGUF;
        boolean nested = !gguf && metadata.has("text_config.num_hidden_layers");
        String architecture = gguf
                ? metadata.string("general.architecture").orElseThrow(() -> missing("general.architecture"))
                : huggingFaceArchitecture(metadata);
        return new Config(metadata, new Metadata(Map.of()), file.format(), architecture, nested ? "text_config." : "");
    }

    private static String huggingFaceArchitecture(Metadata metadata) {
        return metadata.string("model_type")
                .or(() -> metadata.strings("architectures").stream()
                        .flatMap(List::stream)
                        .findFirst()
                        .map(name -> name.replaceAll("(For[A-Z][A-Za-z]*|Model|LMHeadModel)$", ""))
                        .map(name -> name.toLowerCase(Locale.ROOT)))
                .orElseThrow(() -> missing("model_type"));
    }

    /** This configuration, with {@code values} for what config.json leaves out. */
    Config orElse(Map<String, Object> values) {
        Metadata given = new Metadata(format == Format.GGUF ? Map.of() : values);
        return new Config(metadata, given, format, architecture, scope);
    }

    String architecture() {
        return architecture;
    }

    boolean isGguf() {
        return format == Format.GGUF;
    }

    boolean has(String gguf, String huggingFace) {
        return found(gguf, huggingFace).isPresent();
    }

    /** From 1 to a million. */
    int count(String gguf, String huggingFace) {
        return optionalCount(gguf, huggingFace).orElseThrow(() -> missing(key(gguf, huggingFace)));
    }

    OptionalInt optionalCount(String gguf, String huggingFace) {
        return ranged(gguf, huggingFace, 1, LARGEST_COUNT);
    }

    /** Zero counts as absent. */
    int countOrZero(String gguf, String huggingFace) {
        return ranged(gguf, huggingFace, 0, LARGEST_CONTEXT).orElse(0);
    }

    int contextLength() {
        return ranged("context_length", "max_position_embeddings", 1, LARGEST_CONTEXT)
                .orElseThrow(() -> missing(key("context_length", "max_position_embeddings")));
    }

    private OptionalInt ranged(String gguf, String huggingFace, int least, int most) {
        Optional<Found> found = found(gguf, huggingFace);
        if (found.isEmpty()) {
            return OptionalInt.empty();
        }
        String key = found.get().key();
        OptionalLong value = found.get().source().integer(key);
        if (value.orElse(0) < least || value.orElse(0) > most) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Metadata key '" + key + "' must be " + least + " to " + most + " but is " + value.orElse(0));
        }
        return OptionalInt.of((int) value.orElseThrow());
    }

    /** A finite number above zero. */
    double positive(String gguf, String huggingFace) {
        return optionalPositive(gguf, huggingFace).orElseThrow(() -> missing(key(gguf, huggingFace)));
    }

    OptionalDouble optionalPositive(String gguf, String huggingFace) {
        Optional<Found> found = found(gguf, huggingFace);
        if (found.isEmpty()) {
            return OptionalDouble.empty();
        }
        OptionalDouble value = found.get().source().real(found.get().key());
        if (!(value.orElse(0) > 0) || Double.isInfinite(value.orElse(0))) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Metadata key '" + found.get().key() + "' must be above 0 but is " + value.orElse(0));
        }
        return value;
    }

    Optional<String> text(String gguf, String huggingFace) {
        return found(gguf, huggingFace).flatMap(found -> found.source().string(found.key()));
    }

    boolean flag(String gguf, String huggingFace, boolean fallback) {
        return found(gguf, huggingFace)
                .flatMap(found -> found.source().bool(found.key()))
                .orElse(fallback);
    }

    Optional<List<Number>> reals(String gguf, String huggingFace) {
        return found(gguf, huggingFace).flatMap(found -> found.source().reals(found.key()));
    }

    Optional<List<Long>> integers(String gguf, String huggingFace) {
        return found(gguf, huggingFace).flatMap(found -> found.source().integers(found.key()));
    }

    Optional<List<String>> texts(String gguf, String huggingFace) {
        return found(gguf, huggingFace).flatMap(found -> found.source().strings(found.key()));
    }

    private record Found(Metadata source, String key) {}

    private Optional<Found> found(String gguf, String huggingFace) {
        if ((isGguf() ? gguf : huggingFace).isEmpty()) {
            return Optional.empty();
        }
        String key = key(gguf, huggingFace);
        String former = scope + FORMER_KEYS.getOrDefault(huggingFace, huggingFace);
        if (metadata.has(key)) {
            return Optional.of(new Found(metadata, key));
        }
        if (!isGguf() && metadata.has(former)) {
            return Optional.of(new Found(metadata, former));
        }
        return defaults.has(huggingFace) ? Optional.of(new Found(defaults, huggingFace)) : Optional.empty();
    }

    private String key(String gguf, String huggingFace) {
        return isGguf() ? architecture + "." + gguf : scope + huggingFace;
    }

    private static Failure missing(String key) {
        return Failure.of(FailureCode.NOT_FOUND, "Metadata key '" + key + "' is missing");
    }
}
