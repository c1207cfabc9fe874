package smelt.formats.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import smelt.formats.TensorInfo;

/**
 * All of a safetensors file but the tensors' data.
 *
 * @param tensors in the header's order
 * @param dataOffset where the data section begins, from the start of the file
 */
public record SafetensorsHeader(List<TensorInfo> tensors, long dataOffset) {
    /** Longer headers are refused; one of 100,000 tensors takes 15 MB. */
    public static final int MAX_BYTES = 32 << 20;

    private static final int LENGTH = 8;

    public SafetensorsHeader {
        tensors = List.copyOf(tensors);
    }

    /**
     * Parses the first bytes of a file, which may hold more or less than the header.
     *
     * @param fileBytes length of the whole file
     * @return empty where the prefix ends within the header: come again with more bytes
     * @throws Failure MALFORMED with byte offset or tensor; UNSUPPORTED for element types that smelt does not read;
     *     LIMIT_EXCEEDED
     */
    public static Optional<SafetensorsHeader> parse(ByteBuffer prefix, long fileBytes) {
        ByteBuffer bytes = prefix.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (fileBytes < LENGTH) {
            throw Failure.of(FailureCode.MALFORMED, "The file has " + fileBytes + " bytes, too few for any header");
        }
        if (bytes.limit() < LENGTH) {
            return Optional.empty();
        }
        long length = bytes.getLong(0);
        if (length < 2 || length > fileBytes - LENGTH) {
            throw Failure.of(
                            FailureCode.MALFORMED,
                            "A header of " + Long.toUnsignedString(length) + " bytes does not fit a file of "
                                    + fileBytes)
                    .withNextStep("this may be no safetensors file, or an incomplete one");
        }
        if (length > MAX_BYTES) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "The header has " + length + " bytes, at most " + MAX_BYTES);
        }
        if (length > bytes.limit() - LENGTH) {
            return Optional.empty();
        }
        byte[] json = new byte[(int) length];
        bytes.get(LENGTH, json);
        List<TensorInfo> tensors = Json.read(json, new HeaderReading(LENGTH + length));
        checkLayout(tensors, LENGTH + length, fileBytes);
        return Optional.of(new SafetensorsHeader(tensors, LENGTH + length));
    }

    /** As the format demands, tensors fill the data section without gap or overlap. */
    private static void checkLayout(List<TensorInfo> tensors, long dataOffset, long fileBytes) {
        long end = dataOffset;
        for (TensorInfo info : tensors.stream()
                .sorted(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes))
                .toList()) {
            if (info.offset() != end) {
                throw Failure.of(
                        FailureCode.MALFORMED,
                        "Tensor " + Names.quoted(info.name()) + " begins at byte " + info.offset()
                                + " where the one before ends at " + end);
            }
            end = info.end();
        }
        if (end != fileBytes) {
            throw Failure.of(FailureCode.MALFORMED, "The tensors end at byte " + end + ", the file at " + fileBytes)
                    .withNextStep("the file may be incomplete: download it again");
        }
    }
}
