package smelt.engine.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.KvBlocks;
import smelt.runtime.StepRunner.Limits;

/**
 * How a snapshot begins: what its blocks fit, and how many there are. Little endian; {@link #BYTES} long, the last four
 * of which are the CRC32C of all before them. {@code count} records follow, each a block: the number of the record of
 * the block before it (-1: none), the token of each position, the runner's bytes, the CRC32C of all these.
 */
record SnapshotHeader(int blockPositions, int vocabulary, long blockBytes, KvBlocks.Origin origin, int count) {
    static final int BYTES = 1024;
    private static final byte[] MAGIC = "smeltkv\n".getBytes(StandardCharsets.US_ASCII);
    /** Raised when the format changes, or the bits of a step in a way that its kernels do not show. */
    private static final int VERSION = 1;

    private static final int MAX_TEXT = 200;

    static SnapshotHeader of(Limits limits, KvBlocks blocks, int count) {
        return new SnapshotHeader(limits.blockPositions(), limits.vocabulary(), blocks.bytes(), blocks.origin(), count);
    }

    SnapshotHeader withCount(int blocks) {
        return new SnapshotHeader(blockPositions, vocabulary, blockBytes, origin, blocks);
    }

    long recordBytes() {
        return 4 + 4L * blockPositions + blockBytes + 4;
    }

    long fileBytes() {
        return BYTES + count * recordBytes();
    }

    ByteBuffer encode() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(MAGIC).putInt(VERSION);
        buffer.putInt(blockPositions).putInt(vocabulary).putLong(blockBytes).putInt(count);
        put(buffer, origin.layout());
        put(buffer, origin.model());
        put(buffer, origin.build());
        buffer.putInt(BYTES - 4, checksum(buffer));
        return buffer.clear();
    }

    private static void put(ByteBuffer buffer, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_TEXT) {
            throw Failure.of(FailureCode.INTERNAL, "An origin of " + bytes.length + " bytes: " + text);
        }
        buffer.putInt(bytes.length).put(bytes);
    }

    private static int checksum(ByteBuffer buffer) {
        CRC32C checksum = new CRC32C();
        checksum.update(buffer.duplicate().position(0).limit(BYTES - 4));
        return (int) checksum.getValue();
    }

    /**
     * Reads {@link #BYTES} bytes.
     *
     * @throws Failure MALFORMED, CORRUPT or UNSUPPORTED
     */
    static SnapshotHeader decode(ByteBuffer bytes) {
        ByteBuffer buffer = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[MAGIC.length];
        buffer.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw Failure.of(FailureCode.MALFORMED, "This is no snapshot of a prefix cache");
        }
        int version = buffer.getInt();
        if (version != VERSION) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    "The snapshot has format " + version + ", this build reads and writes " + VERSION);
        }
        if (buffer.getInt(BYTES - 4) != checksum(buffer)) {
            throw Failure.of(FailureCode.CORRUPT, "The checksum of the snapshot's header does not match");
        }
        int positions = buffer.getInt();
        int vocabulary = buffer.getInt();
        long blockBytes = buffer.getLong();
        int count = buffer.getInt();
        var origin = new KvBlocks.Origin(text(buffer), text(buffer), text(buffer));
        return new SnapshotHeader(positions, vocabulary, blockBytes, origin, count);
    }

    private static String text(ByteBuffer buffer) {
        int length = buffer.getInt();
        if (length < 0 || length > MAX_TEXT) {
            throw Failure.of(FailureCode.MALFORMED, "A text in the snapshot's header has " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** @throws Failure that names what differs from {@code own}, which is what the running model would write */
    void requireFits(SnapshotHeader own) {
        require(own.origin.layout(), origin.layout(), "KV blocks");
        require(own.blockPositions, blockPositions, "positions of a block");
        require(own.blockBytes, blockBytes, "bytes of a block");
        require(own.vocabulary, vocabulary, "size of the vocabulary");
        require(own.origin.model(), origin.model(), "weights and graph");
        require(own.origin.build(), origin.build(), "compiled kernels, those of another build of smelt,");
        if (count < 0) {
            throw Failure.of(FailureCode.MALFORMED, "The snapshot claims to have " + count + " blocks");
        }
    }

    private static void require(Object own, Object saved, String what) {
        if (!own.equals(saved)) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    "The snapshot does not fit: its " + what + " differ: " + saved + ", here " + own);
        }
    }
}
