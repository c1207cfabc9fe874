package smelt.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.tokenizer.ChatTemplateSource;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;

/** Tokenizers and chat templates of models on the disk, whichever format they have. */
final class Vocabularies {
    private Vocabularies() {}

    /** Also of a vocabulary-only GGUF file, and of a folder without weights. */
    static Tokenizer at(Path model) {
        if (Files.isDirectory(model)) {
            return Tokenizers.fromHuggingFace(model);
        }
        try (ModelFile file = ModelFiles.open(model)) {
            return of(file, model);
        }
    }

    static Tokenizer of(ModelFile file, Path model) {
        return switch (file.format()) {
            case GGUF -> Tokenizers.fromGguf(file.metadata());
            case SAFETENSORS -> Tokenizers.fromHuggingFace(folder(model));
        };
    }

    /** The template's text; empty where the model has none. */
    static Optional<String> chatTemplate(ModelFile file, Path model) {
        return switch (file.format()) {
            case GGUF -> file.metadata().string("tokenizer.chat_template");
            case SAFETENSORS -> Tokenizers.chatTemplate(folder(model)).map(ChatTemplateSource::template);
        };
    }

    private static Path folder(Path model) {
        Path parent = model.toAbsolutePath().getParent();
        return Files.isDirectory(model) || parent == null ? model : parent;
    }
}
