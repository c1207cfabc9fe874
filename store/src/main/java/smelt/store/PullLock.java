package smelt.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Lets one process or thread at a time work on one model. The lock is the operating system's: it ends with its holder,
 * however that ends, so that no stale lock can remain. The empty lock file stays.
 */
final class PullLock implements AutoCloseable {
    private static final long POLL_MILLIS = 100;

    private final FileChannel channel;
    private final FileLock lock;

    private PullLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Waits for {@code file}'s lock; where it has to wait it tells so once. */
    static PullLock take(Path file, String name, Progress progress) throws IOException, InterruptedException {
        Files.createDirectories(Parts.folderOf(file));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel, file);
            if (lock == null) {
                progress.note(name + " is being downloaded by another process; waiting for it");
            }
            while (lock == null) {
                Thread.sleep(POLL_MILLIS);
                lock = tryLock(channel, file);
            }
            return new PullLock(channel, lock);
        } catch (InterruptedException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, Path file) {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this process has it
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "The file system of " + file + " gives no file locks")
                    .withNextStep("set SMELT_CACHE to a folder on a local disk")
                    .withCause(e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
