package smelt.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is known about an unfinished file, kept beside it so that a later process can go on.
 *
 * @param address where its bytes came from, without secrets
 * @param validator the server's tag or time of these bytes
 */
record PartNote(String address, @Nullable String validator) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Path of(Path part) {
        return part.resolveSibling(part.getFileName() + ".json");
    }

    static Optional<PartNote> read(Path part) {
        try {
            PartNote note = JSON.readValue(Files.readString(of(part)), PartNote.class);
            return Optional.ofNullable(note);
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    void write(Path part) throws IOException {
        Files.writeString(of(part), JSON.writeValueAsString(this));
    }
}
