package smelt.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a model folder says about itself, as {@value #FILE} inside it. A folder without one is no stored model.
 *
 * @param main the file to open, relative to the folder; empty for the folder itself
 * @param pulled ISO 8601, UTC
 */
record Manifest(
        String name, String source, @Nullable String licence, String main, String pulled, List<StoredFile> files) {
    static final String FILE = "manifest.json";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_+-][^/\\\\\\x00]*");

    static Manifest of(String name, Fetched fetched, Instant now) {
        return new Manifest(
                name,
                fetched.source(),
                fetched.licence().orElse(null),
                fetched.main(),
                now.toString(),
                fetched.files());
    }

    /** The manifest of {@code folder}; empty where there is none or it cannot be understood. */
    static Optional<Manifest> read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > 1 << 24) {
                return Optional.empty();
            }
            return JsonValues.read(Files.readString(file)) instanceof Map<?, ?> object
                    ? of(object).filter(Manifest::isWhole)
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** JSON may leave out or distort anything. */
    private static Optional<Manifest> of(Map<?, ?> object) {
        String name = JsonValues.text(object, "name");
        String source = JsonValues.text(object, "source");
        String main = JsonValues.text(object, "main");
        String pulled = JsonValues.text(object, "pulled");
        if (name == null
                || source == null
                || main == null
                || pulled == null
                || !(object.get("files") instanceof List<?> listed)) {
            return Optional.empty();
        }
        List<StoredFile> files = new ArrayList<>();
        for (Object value : listed) {
            Map<?, ?> file = value instanceof Map<?, ?> fields ? fields : Map.of();
            String fileName = JsonValues.text(file, "name");
            String sha256 = JsonValues.text(file, "sha256");
            if (fileName == null || sha256 == null || !(file.get("bytes") instanceof Long bytes)) {
                return Optional.empty();
            }
            files.add(new StoredFile(fileName, bytes, sha256));
        }
        return Optional.of(new Manifest(name, source, JsonValues.text(object, "licence"), main, pulled, files));
    }

    private boolean isWhole() {
        try {
            Instant.parse(pulled);
        } catch (DateTimeException e) {
            return false;
        }
        return files.stream().allMatch(file -> PLAIN.matcher(file.name()).matches());
    }

    void write(Path folder) throws IOException {
        byte[] text = (JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        Path part = folder.resolve(FILE + Parts.SUFFIX);
        Files.write(part, text);
        Parts.publish(part, folder.resolve(FILE));
    }

    /** Whether every file is there in its full length; contents are not read. */
    boolean isComplete(Path folder) {
        return files.stream().allMatch(f -> sizeOf(folder.resolve(f.name())) == f.bytes());
    }

    StoredModel in(Path folder) {
        return new StoredModel(
                name,
                main.isEmpty() ? folder : folder.resolve(main),
                files.stream().mapToLong(StoredFile::bytes).sum(),
                source,
                Optional.ofNullable(licence),
                files,
                Optional.of(Instant.parse(pulled)));
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return -1;
        }
    }
}
