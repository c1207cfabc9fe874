package smelt.base;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Files that are written beside the one they will become, {@code prefix...}{@value #SUFFIX}. A process that is killed
 * leaves its own behind.
 */
public final class PartFiles {
    public static final String SUFFIX = ".part";

    /** Whoever lives writes more often. */
    private static final Duration ABANDONED = Duration.ofMinutes(10);

    private PartFiles() {}

    /** Deletes those that nobody writes to any more; what cannot be deleted stays. */
    public static void forgetAbandoned(Path folder, String prefix) {
        Instant oldest = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, prefix + "*" + SUFFIX)) {
            for (Path part : parts) {
                if (Files.getLastModifiedTime(part).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(part);
                }
            }
        } catch (IOException e) {
            Trace.print(Trace.CHOICES, () -> "what was left in " + folder + " stays there: " + Reason.of(e));
        }
    }
}
