package smelt.store;

import java.io.IOException;
import java.nio.file.Path;

/** Brings the files of one kind of source. */
interface Fetcher {
    /**
     * Leaves the finished files of the model in {@code folder}; on failure only what a later call can continue.
     *
     * @throws smelt.base.Failure NOT_FOUND, UNAVAILABLE, CORRUPT, OUT_OF_RESOURCES, UNSUPPORTED or CANCELLED
     */
    Fetched fetch(Path folder, Progress progress) throws IOException, InterruptedException;
}
