package smelt.server.ollama;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import smelt.base.DType;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.server.http.Json;
import smelt.store.StoredFile;
import smelt.store.StoredModel;
import smelt.tokenizer.ChatTemplateSource;
import smelt.tokenizer.Tokenizers;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a model's files say.
 *
 * @param digest 64 hex digits: of the file where it is known, else of what tells this file from others
 * @param format gguf or safetensors
 * @param parameters elements of all tensors
 * @param quantization the name of the file's type, Q4_K_M, or of most of its bytes
 */
record Facts(
        String digest,
        long bytes,
        Instant modified,
        String format,
        String family,
        long parameters,
        String quantization,
        boolean pools,
        Optional<String> template,
        Optional<String> licence,
        Metadata metadata) {
    /** llama.cpp's names of file types, by number, where they are not those of one block type. */
    private static final Map<Long, String> FILE_TYPES = Map.of(
            10L, "Q2_K", 11L, "Q3_K_S", 12L, "Q3_K_M", 13L, "Q3_K_L", 14L, "Q4_K_S", 15L, "Q4_K_M", 16L, "Q5_K_S", 17L,
            "Q5_K_M", 18L, "Q6_K");

    static Facts of(StoredModel model, ModelFile file, Instant modified) {
        Metadata metadata = file.metadata();
        String family = metadata.string("general.architecture")
                .or(() -> metadata.string("model_type"))
                .orElse("");
        return new Facts(
                digest(model, modified),
                model.bytes(),
                modified,
                file.format().name().toLowerCase(Locale.ROOT),
                family,
                file.tensors().values().stream().mapToLong(Tensor::elements).sum(),
                quantization(file),
                metadata.has(family + ".pooling_type"),
                template(file, model.path()),
                model.licence().or(() -> metadata.string("general.license")),
                metadata);
    }

    private static String digest(StoredModel model, Instant modified) {
        List<StoredFile> files = model.files();
        if (files.size() == 1) {
            return files.getFirst().sha256();
        }
        String named = files.isEmpty()
                ? model.path().toAbsolutePath() + " " + model.bytes() + " " + modified
                : files.stream().map(StoredFile::sha256).collect(Collectors.joining(" "));
        return digest(named);
    }

    /** SHA-256 in hex digits. */
    static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private static String quantization(ModelFile file) {
        String named =
                FILE_TYPES.get(file.metadata().integer("general.file_type").orElse(-1));
        if (named != null) {
            return named;
        }
        Map<DType, Long> bytes = new EnumMap<>(DType.class);
        file.tensors()
                .values()
                .forEach(tensor -> bytes.merge(tensor.type(), tensor.data().byteSize(), Long::sum));
        return bytes.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(entry -> entry.getKey().name())
                .orElse("");
    }

    private static Optional<String> template(ModelFile file, Path path) {
        return switch (file.format()) {
            case GGUF -> file.metadata().string("tokenizer.chat_template");
            case SAFETENSORS -> Tokenizers.chatTemplate(folder(path)).map(ChatTemplateSource::template);
        };
    }

    private static Path folder(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return Files.isDirectory(path) || parent == null ? path : parent;
    }

    ObjectNode details() {
        return details(format, family, size(parameters), quantization);
    }

    static ObjectNode details(String format, String family, String size, String quantization) {
        ObjectNode details =
                Json.object().put("parent_model", "").put("format", format).put("family", family);
        details.putArray("families").add(family);
        return details.put("parameter_size", size).put("quantization_level", quantization);
    }

    /** {@code 134.52M}, as its clients show it. */
    private static String size(long parameters) {
        if (parameters < 1_000_000) {
            return String.format(Locale.ROOT, "%.2fK", parameters / 1e3);
        }
        return parameters < 1_000_000_000
                ? String.format(Locale.ROOT, "%.2fM", parameters / 1e6)
                : String.format(Locale.ROOT, "%.1fB", parameters / 1e9);
    }
}
