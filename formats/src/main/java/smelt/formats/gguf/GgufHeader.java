package smelt.formats.gguf;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import smelt.base.Failure;
import smelt.formats.Metadata;
import smelt.formats.TensorInfo;

/**
 * All of a GGUF file but the tensors' data.
 *
 * @param version 2 or 3
 * @param tensors in the file's order
 * @param dataOffset where the data section begins, from the start of the file
 */
public record GgufHeader(int version, Metadata metadata, List<TensorInfo> tensors, int alignment, long dataOffset) {
    /** Longer headers are refused; a vocabulary of 262,144 with all its merges takes 17 MiB. */
    public static final int MAX_BYTES = 64 << 20;

    /** Files with more keys are refused; real ones have fewer than 100. */
    public static final int MAX_KEYS = 1 << 16;

    public GgufHeader {
        tensors = List.copyOf(tensors);
    }

    /**
     * Parses the first bytes of a file, which may hold more or less than the header.
     *
     * @param fileBytes length of the whole file
     * @return empty where the prefix ends within the header: come again with more bytes
     * @throws Failure MALFORMED with byte offset and key; UNSUPPORTED for versions, byte orders and tensor types that
     *     smelt does not read; LIMIT_EXCEEDED
     */
    public static Optional<GgufHeader> parse(ByteBuffer prefix, long fileBytes) {
        try {
            return Optional.of(new GgufParser(new GgufCursor(prefix, fileBytes), fileBytes).header());
        } catch (GgufCursor.NeedsMoreBytes e) {
            return Optional.empty();
        }
    }
}
