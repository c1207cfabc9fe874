package smelt.tokenizer;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import smelt.base.Failure;
import smelt.formats.Metadata;

/** Where tokenizers come from. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * The tokenizer that a GGUF file carries under {@code tokenizer.ggml.*}.
     *
     * @throws Failure MALFORMED where keys are missing or do not fit together, UNSUPPORTED for an unknown kind
     */
    public static Tokenizer fromGguf(Metadata metadata) {
        return new GgufTokenizer(metadata).build();
    }

    /**
     * The tokenizer of a Hugging Face folder: its tokenizer.json and what tokenizer_config.json,
     * special_tokens_map.json and generation_config.json add.
     *
     * @throws Failure NOT_FOUND without a tokenizer, MALFORMED or UNSUPPORTED as for GGUF
     */
    public static Tokenizer fromHuggingFace(Path folder) {
        return new HuggingFaceFolder(folder).tokenizer();
    }

    /** The chat template of a Hugging Face folder: chat_template.jinja, else the one in tokenizer_config.json. */
    public static Optional<ChatTemplateSource> chatTemplate(Path folder) {
        return new HuggingFaceFolder(folder).chatTemplate();
    }

    /** The chat template that a GGUF file carries, if any. */
    public static Optional<ChatTemplateSource> chatTemplate(Metadata metadata, Tokenizer tokenizer) {
        return metadata.string("tokenizer.chat_template")
                .map(template -> new ChatTemplateSource(
                        template, text(tokenizer, tokenizer.bos()), text(tokenizer, tokenizer.eos())));
    }

    private static String text(Tokenizer tokenizer, OptionalInt id) {
        return id.isPresent() ? tokenizer.piece(id.getAsInt()) : "";
    }
}
