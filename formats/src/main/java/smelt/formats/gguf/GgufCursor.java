package smelt.formats.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Reads the header front to back, and never beyond the file, the bytes at hand or the limit on headers. */
final class GgufCursor {
    private final ByteBuffer bytes;
    private final long fileBytes;
    private int at;

    GgufCursor(ByteBuffer prefix, long fileBytes) {
        this.bytes = prefix.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.fileBytes = fileBytes;
    }

    int at() {
        return at;
    }

    /**
     * Moves past {@code count} bytes and returns where they begin.
     *
     * @throws Failure MALFORMED where the file has not so many, LIMIT_EXCEEDED where no header is so long
     * @throws NeedsMoreBytes where only the prefix has not
     */
    int take(long count) {
        if (count < 0 || count > fileBytes - at) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    Long.toUnsignedString(count) + " bytes are wanted but the file ends at byte " + fileBytes);
        }
        if (count > GgufHeader.MAX_BYTES - at) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED, "The header is longer than " + GgufHeader.MAX_BYTES + " bytes");
        }
        if (count > bytes.limit() - at) {
            throw new NeedsMoreBytes();
        }
        int start = at;
        at += (int) count;
        return start;
    }

    /** As {@link #take}, of {@code count} items of at least {@code each} bytes, without moving. */
    int demand(long count, int each) {
        if (count < 0 || count > (fileBytes - at) / each) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    Long.toUnsignedString(count) + " items are wanted but only " + (fileBytes - at)
                            + " bytes are left");
        }
        int start = at;
        take(count * each);
        at = start;
        return (int) count;
    }

    long u32() {
        return Integer.toUnsignedLong(bytes.getInt(take(4)));
    }

    /** Raw: negative where beyond 63 bits. */
    long u64() {
        return bytes.getLong(take(8));
    }

    Object scalar(GgufType type) {
        return type.value(bytes, take(type.bytes));
    }

    byte[] block(long count) {
        int start = take(count);
        byte[] block = new byte[at - start];
        bytes.get(start, block);
        return block;
    }

    /** Goes back to {@code start} and takes all bytes from there to here anew. */
    byte[] since(int start) {
        byte[] block = new byte[at - start];
        bytes.get(start, block);
        return block;
    }

    /** The bytes at hand end within the header; a longer prefix may do. */
    static final class NeedsMoreBytes extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NeedsMoreBytes() {
            super("the prefix ends within the header", null, false, false);
        }
    }
}
