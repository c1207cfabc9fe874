package smelt.formats;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A whole file, mapped read-only. A file that another process cuts short while it is mapped cannot be read safely: Java
 * code then meets an {@link InternalError}, native code a signal. {@link #checkLength} finds that out beforehand, so
 * callers ask it right before they copy; files are best replaced by renaming, which leaves the mapping whole.
 */
public final class MappedFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment segment;

    private MappedFile(Path path, FileChannel channel, Arena arena, MemorySegment segment) {
        this.path = path;
        this.channel = channel;
        this.arena = arena;
        this.segment = segment;
    }

    /**
     * Maps {@code path}.
     *
     * @throws Failure NOT_FOUND, or UNAVAILABLE where it cannot be read
     */
    public static MappedFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw Failure.of(FailureCode.NOT_FOUND, path + " is no file");
        }
        try {
            return map(path, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static MappedFile map(Path path, FileChannel channel) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new MappedFile(path, channel, arena, segment);
        } catch (IOException e) {
            arena.close();
            channel.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    public long bytes() {
        return segment.byteSize();
    }

    /** The file's bytes, valid until {@link #close}. */
    public MemorySegment segment() {
        return segment;
    }

    public Tensor tensor(TensorInfo info) {
        return new Tensor(info.name(), info.type(), info.shape(), segment.asSlice(info.offset(), info.bytes()));
    }

    /**
     * Looks whether all of the mapping can still be read.
     *
     * @throws Failure CORRUPT where the file has become shorter since it was mapped
     */
    public void checkLength() {
        try {
            if (channel.isOpen() && channel.size() < bytes()) {
                throw Failure.of(
                                FailureCode.CORRUPT,
                                path + " had " + bytes() + " bytes when it was opened and now has " + channel.size())
                        .withNextStep("another program writes this file: wait for it to end, then open it again");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static Failure unreadable(Path path, IOException e) {
        return Failure.of(FailureCode.UNAVAILABLE, path + " cannot be read: " + e.getMessage())
                .withCause(e);
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }
}
