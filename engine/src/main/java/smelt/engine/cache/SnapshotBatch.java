package smelt.engine.cache;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import smelt.base.NativeMemory;

/** As many records of a snapshot as are copied between two steps. */
final class SnapshotBatch implements AutoCloseable {
    /** A fraction of a millisecond to copy; a single block may be larger. */
    private static final long BYTES = 4L << 20;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final NativeMemory memory;
    private final long recordBytes;
    private final int blockPositions;
    private final long blockBytes;

    SnapshotBatch(SnapshotHeader header) {
        recordBytes = header.recordBytes();
        blockPositions = header.blockPositions();
        blockBytes = header.blockBytes();
        memory = NativeMemory.allocate(
                Math.clamp(BYTES / recordBytes, 1, 1024) * recordBytes, "a part of the prefix cache");
    }

    int capacity() {
        return (int) (memory.segment().byteSize() / recordBytes);
    }

    private MemorySegment record(int index) {
        return memory.segment().asSlice(index * recordBytes, recordBytes);
    }

    /** Number of the record of the block before it; -1 for the first of a sequence. */
    int parent(int index) {
        return record(index).get(INT, 0);
    }

    void setParent(int index, int parent) {
        record(index).set(INT, 0, parent);
    }

    /** Copies a block's tokens here. */
    void setTokens(int index, int[] source, int from) {
        MemorySegment.copy(source, from, record(index), INT, 4, blockPositions);
    }

    int[] tokens(int index) {
        return record(index).asSlice(4, 4L * blockPositions).toArray(INT);
    }

    /** The runner's bytes. */
    MemorySegment block(int index) {
        return record(index).asSlice(recordBytes - 4 - blockBytes, blockBytes);
    }

    void seal(int index) {
        record(index).set(INT, recordBytes - 4, checksum(index));
    }

    boolean isWhole(int index) {
        return record(index).get(INT, recordBytes - 4) == checksum(index);
    }

    private int checksum(int index) {
        CRC32C checksum = new CRC32C();
        checksum.update(record(index).asSlice(0, recordBytes - 4).asByteBuffer());
        return (int) checksum.getValue();
    }

    void write(FileChannel channel, int count) throws IOException {
        ByteBuffer bytes = memory.segment().asSlice(0, count * recordBytes).asByteBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    void read(FileChannel channel, int count) throws IOException {
        ByteBuffer bytes = memory.segment().asSlice(0, count * recordBytes).asByteBuffer();
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the file has become shorter");
            }
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
