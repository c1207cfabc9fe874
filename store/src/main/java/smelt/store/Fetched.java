package smelt.store;

import java.util.List;
import java.util.Optional;

/**
 * What a source put into the folder it was given.
 *
 * @param source where it came from, exactly enough to name the same bytes again, without secrets
 * @param main the file to open, relative to the folder; empty for the folder itself
 */
record Fetched(String source, Optional<String> licence, String main, List<StoredFile> files) {
    Fetched {
        files = List.copyOf(files);
    }
}
