package smelt.formats;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** What both writers do: a header, then the tensors' data one after another. */
public final class TensorWriting {
    /** Copied and written at once: segments over arrays of floats have no byte buffer of their own. */
    private static final int CHUNK = 1 << 20;

    private TensorWriting() {}

    /**
     * The size of {@code tensor}'s data, checked.
     *
     * @throws Failure INVALID_ARGUMENT where the data has another size than type and shape say
     */
    public static long bytes(Tensor tensor) {
        long bytes = TensorInfo.bytes(tensor.type(), tensor.shape());
        if (bytes != tensor.data().byteSize()) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Tensor " + Names.quoted(tensor.name()) + " has "
                            + tensor.data().byteSize() + " bytes where " + tensor.type() + " " + tensor.shape()
                            + " takes " + bytes);
        }
        return bytes;
    }

    /**
     * Writes a new file, header and every tensor each padded with zeros to {@code alignment}.
     *
     * @throws Failure UNAVAILABLE where the file cannot be written
     */
    public static void write(Path path, byte[] header, Collection<Tensor> tensors, int alignment) {
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            put(channel, MemorySegment.ofArray(header), alignment);
            for (Tensor tensor : tensors) {
                put(channel, tensor.data(), alignment);
            }
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, path + " cannot be written: " + e.getMessage())
                    .withCause(e);
        }
    }

    private static void put(FileChannel channel, MemorySegment data, int alignment) throws IOException {
        long size = data.byteSize();
        byte[] chunk = new byte[(int) Math.min(CHUNK, size)];
        for (long at = 0; at < size; at += CHUNK) {
            int length = (int) Math.min(CHUNK, size - at);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
            drain(channel, ByteBuffer.wrap(chunk, 0, length));
        }
        drain(channel, ByteBuffer.allocate((int) (Math.ceilDiv(size, (long) alignment) * alignment - size)));
    }

    private static void drain(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
