package smelt.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The tokenizer's files of a Hugging Face folder. */
record HuggingFaceFolder(Path folder) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    Tokenizer tokenizer() {
        Path json = folder.resolve("tokenizer.json");
        Path sentencePiece = folder.resolve("tokenizer.model");
        if (Files.isRegularFile(json)) {
            try {
                return new TokenizerJson(read("tokenizer.json")).build(config());
            } catch (Failure e) {
                throw e.in(json.toString());
            }
        }
        if (Files.isRegularFile(sentencePiece)) {
            try {
                return new SentencePieceFile(ByteBuffer.wrap(bytes(sentencePiece))).build(config());
            } catch (Failure e) {
                throw e.in(sentencePiece.toString());
            }
        }
        throw Failure.of(FailureCode.NOT_FOUND, "Folder " + folder + " has neither tokenizer.json nor tokenizer.model");
    }

    Optional<ChatTemplateSource> chatTemplate() {
        TokenizerConfig config = config();
        Path file = folder.resolve("chat_template.jinja");
        Optional<String> template = Files.isRegularFile(file) ? Optional.of(text(file)) : config.chatTemplate();
        return template.map(text -> new ChatTemplateSource(text, config.bosToken(), config.eosToken()));
    }

    private TokenizerConfig config() {
        return TokenizerConfig.read(
                read("tokenizer_config.json"), read("special_tokens_map.json"), read("generation_config.json"));
    }

    private JsonNode read(String name) {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(text(file));
        } catch (JacksonException e) {
            throw Failure.of(FailureCode.MALFORMED, file + " is no JSON: " + e.getOriginalMessage())
                    .withCause(e);
        }
    }

    /** Malformed UTF-8 becomes U+FFFD. */
    private static String text(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "File " + file + " cannot be read: " + e.getMessage())
                    .withCause(e);
        }
    }
}
