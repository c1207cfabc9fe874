package smelt.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;

/**
 * The sizes in a model's metadata, for the eye: of any model that can be opened, known family or not. Each is asked for
 * by its GGUF key, without the architecture, and its key in config.json.
 */
final class Hyperparameters {
    private final Metadata metadata;
    private final boolean gguf;

    Hyperparameters(ModelFile file) {
        this.metadata = file.metadata();
        this.gguf = file.format() == ModelFile.Format.GGUF;
    }

    String architecture() {
        return metadata.string(gguf ? "general.architecture" : "model_type").orElse("unknown");
    }

    OptionalLong contextLength() {
        return integer("context_length", "max_position_embeddings");
    }

    OptionalLong layers() {
        return integer("block_count", "num_hidden_layers");
    }

    OptionalLong hidden() {
        return integer("embedding_length", "hidden_size");
    }

    OptionalLong heads() {
        return integer("attention.head_count", "num_attention_heads");
    }

    OptionalLong keyValueHeads() {
        OptionalLong own = integer("attention.head_count_kv", "num_key_value_heads");
        return own.isPresent() ? own : heads();
    }

    OptionalLong vocabulary() {
        Object pieces = metadata.values().get("tokenizer.ggml.tokens");
        if (pieces instanceof List<?> list) {
            return OptionalLong.of(list.size());
        }
        return integer("vocab_size", "vocab_size");
    }

    /** A list, one value a layer, counts as its largest. */
    private OptionalLong integer(String ggufKey, String configKey) {
        Object value = value(ggufKey, configKey).orElse("");
        if (value instanceof List<?> list) {
            return list.stream()
                    .filter(Long.class::isInstance)
                    .mapToLong(v -> (Long) v)
                    .max();
        }
        return value instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    }

    private Optional<Object> value(String ggufKey, String configKey) {
        String key = gguf ? architecture() + "." + ggufKey : configKey;
        Object own = metadata.values().get(key);
        return Optional.ofNullable(own != null ? own : metadata.values().get("text_config." + configKey));
    }
}
