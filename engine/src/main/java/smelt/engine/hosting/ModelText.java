package smelt.engine.hosting;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import smelt.engine.ChatFormat;
import smelt.engine.ChatOptions;
import smelt.formats.ModelFile;
import smelt.tokenizer.ChatTemplateSource;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;
import smelt.tokenizer.jinja.ChatTemplate;

/**
 * What turns text into a model's tokens and back.
 *
 * @param tokenizer empty for a model that knows ids only
 * @param chatFormat empty for a model that only continues text
 */
record ModelText(Optional<Tokenizer> tokenizer, Optional<ChatFormat> chatFormat) {
    static ModelText of(Path path, ModelFile file) {
        Optional<Tokenizer> tokenizer = tokenizer(path, file);
        return new ModelText(
                tokenizer, tokenizer.flatMap(t -> template(path, file, t)).map(ModelText::chatFormat));
    }

    private static Optional<Tokenizer> tokenizer(Path path, ModelFile file) {
        return switch (file.format()) {
            case GGUF ->
                file.metadata().has("tokenizer.ggml.tokens")
                        ? Optional.of(Tokenizers.fromGguf(file.metadata()))
                        : Optional.empty();
            case SAFETENSORS ->
                Files.exists(folder(path).resolve("tokenizer.json"))
                        ? Optional.of(Tokenizers.fromHuggingFace(folder(path)))
                        : Optional.empty();
        };
    }

    private static Optional<ChatTemplateSource> template(Path path, ModelFile file, Tokenizer tokenizer) {
        return switch (file.format()) {
            case GGUF -> Tokenizers.chatTemplate(file.metadata(), tokenizer);
            case SAFETENSORS -> Tokenizers.chatTemplate(folder(path));
        };
    }

    private static Path folder(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return Files.isDirectory(path) || parent == null ? path : parent;
    }

    private static ChatFormat chatFormat(ChatTemplateSource source) {
        var template = new ChatTemplate(source.template(), source.bosToken(), source.eosToken());
        return new ChatFormat() {
            @Override
            public String render(List<Map<String, Object>> messages, ChatOptions options) {
                return template.render(messages, null, options.beginsAnswer(), options.variables());
            }

            @Override
            public Optional<String> template() {
                return Optional.of(source.template());
            }
        };
    }
}
