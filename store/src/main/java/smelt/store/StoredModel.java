package smelt.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A model on the local disk.
 *
 * @param name what people type
 * @param path the GGUF file (the first one of a split model), or the folder of a safetensors model
 * @param bytes of all its files
 * @param source where it came from, without secrets; {@code local} for a file or folder of the user's own
 * @param licence as its publisher names it, where known
 * @param files empty for a file or folder of the user's own
 * @param pulled when it was downloaded; empty for a file or folder of the user's own
 */
public record StoredModel(
        String name,
        Path path,
        long bytes,
        String source,
        Optional<String> licence,
        List<StoredFile> files,
        Optional<Instant> pulled) {
    public StoredModel {
        files = List.copyOf(files);
    }
}
