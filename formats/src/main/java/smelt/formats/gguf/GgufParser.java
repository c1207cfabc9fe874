package smelt.formats.gguf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.formats.Names;
import smelt.formats.TensorInfo;

/** One pass over a header. Every count is checked against the bytes that are left before anything is allocated. */
final class GgufParser {
    /** "GGUF", little endian. */
    static final int MAGIC = 0x46554747;

    static final String ALIGNMENT_KEY = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;
    static final int MAX_DIMENSIONS = 4;

    private static final int MAX_ALIGNMENT = 1 << 20;
    private static final int MAX_NAME = 65535;
    private static final int MAX_TEXT = 16 << 20;

    /** Length, one byte of name, type, one byte of value. */
    private static final int LEAST_KEY = 8 + 1 + 4 + 1;

    /** Length, one byte of name, dimensions, type, offset. */
    private static final int LEAST_TENSOR = 8 + 1 + 4 + 4 + 8;

    private final GgufCursor cursor;
    private final long fileBytes;

    GgufParser(GgufCursor cursor, long fileBytes) {
        this.cursor = cursor;
        this.fileBytes = fileBytes;
    }

    GgufHeader header() {
        int version = version();
        long tensorCount = count("tensors", TensorInfo.MAX_TENSORS, 0);
        long keyCount = count("keys", GgufHeader.MAX_KEYS, LEAST_KEY);
        Metadata metadata = metadata((int) keyCount);
        int alignment = alignment(metadata);
        cursor.demand(tensorCount, LEAST_TENSOR);
        List<TensorInfo> relative = tensors((int) tensorCount);
        long dataOffset = Math.ceilDiv((long) cursor.at(), alignment) * alignment;
        List<TensorInfo> tensors = relative.stream()
                .map(info -> place(info, dataOffset, alignment))
                .toList();
        refuseOverlaps(tensors);
        return new GgufHeader(version, metadata, tensors, alignment, dataOffset);
    }

    private int version() {
        if (fileBytes < 4 || cursor.u32() != MAGIC) {
            throw Failure.of(FailureCode.MALFORMED, "This is no GGUF file: it does not begin with 'GGUF'");
        }
        long version = cursor.u32();
        if (version == 2 || version == 3) {
            return (int) version;
        }
        if (version != 0 && (version & 0xFFFF) == 0) {
            throw Failure.of(FailureCode.UNSUPPORTED, "This is a big-endian GGUF file")
                    .withNextStep("take the little-endian file");
        }
        throw Failure.of(FailureCode.UNSUPPORTED, "This is GGUF version " + version + "; smelt reads 2 and 3")
                .withNextStep("take a newer file of this model, or convert it again");
    }

    private long count(String what, int most, int leastBytes) {
        long count = cursor.u64();
        if (count < 0 || count > most) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    Long.toUnsignedString(count) + " " + what + " at byte " + (cursor.at() - 8) + ", at most " + most);
        }
        if (leastBytes > 0) {
            cursor.demand(count, leastBytes);
        }
        return count;
    }

    private Metadata metadata(int count) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int start = cursor.at();
            String key = name("key " + i);
            try {
                if (values.put(key, value(GgufType.of(cursor.u32()))) != null) {
                    throw Failure.of(FailureCode.MALFORMED, "The key is there twice");
                }
            } catch (Failure e) {
                throw e.in("key " + Names.quoted(key) + " at byte " + start);
            }
        }
        return new Metadata(values);
    }

    private String name(String what) {
        int start = cursor.at();
        try {
            long length = cursor.u64();
            if (length < 0 || length > MAX_NAME) {
                throw Failure.of(
                        FailureCode.MALFORMED, "A name of " + Long.toUnsignedString(length) + " bytes is too long");
            }
            return Names.of(cursor.block(length));
        } catch (Failure e) {
            throw e.in(what + " at byte " + start);
        }
    }

    private Object value(GgufType type) {
        return switch (type) {
            case STRING -> text();
            case ARRAY -> array();
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, FLOAT32, FLOAT64, BOOL ->
                cursor.scalar(type);
        };
    }

    private String text() {
        long length = cursor.u64();
        if (length < 0 || length > MAX_TEXT) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "A text of " + Long.toUnsignedString(length) + " bytes, at most " + MAX_TEXT);
        }
        return new String(cursor.block(length), StandardCharsets.UTF_8);
    }

    private List<?> array() {
        GgufType type = GgufType.of(cursor.u32());
        long count = cursor.u64();
        return switch (type) {
            case ARRAY -> throw Failure.of(FailureCode.UNSUPPORTED, "Arrays of arrays are not read");
            case STRING -> Collections.unmodifiableList(PackedStrings.read(cursor, count));
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, FLOAT32, FLOAT64, BOOL ->
                Collections.unmodifiableList(PackedNumbers.read(cursor, type, count));
        };
    }

    static int alignment(Metadata metadata) {
        long alignment = metadata.integer(ALIGNMENT_KEY).orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    ALIGNMENT_KEY + " is " + alignment + ", no power of two up to " + MAX_ALIGNMENT);
        }
        return (int) alignment;
    }

    /** With offsets from the start of the data section. */
    private List<TensorInfo> tensors(int count) {
        List<TensorInfo> tensors = new ArrayList<>(count);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            int start = cursor.at();
            String name = name("tensor " + i);
            try {
                if (!names.add(name)) {
                    throw Failure.of(FailureCode.MALFORMED, "The tensor is there twice");
                }
                tensors.add(tensor(name));
            } catch (Failure e) {
                throw e.in("tensor " + Names.quoted(name) + " at byte " + start);
            }
        }
        return tensors;
    }

    private TensorInfo tensor(String name) {
        long dimensions = cursor.u32();
        if (dimensions > MAX_DIMENSIONS) {
            throw Failure.of(
                    FailureCode.MALFORMED, dimensions + " dimensions are more than the " + MAX_DIMENSIONS + " of GGUF");
        }
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            shape.addFirst(cursor.u64());
        }
        long number = cursor.u32();
        DType type = DType.ofGgmlNumber(number)
                .orElseThrow(() -> Failure.of(FailureCode.UNSUPPORTED, "Tensor type " + number + " is not known")
                        .withNextStep("take a file of another type, such as Q4_K_M, Q4_0, Q8_0 or F16"));
        return new TensorInfo(name, type, shape, cursor.u64(), TensorInfo.bytes(type, shape));
    }

    private TensorInfo place(TensorInfo info, long dataOffset, int alignment) {
        long offset = info.offset();
        String tensor = "Tensor " + Names.quoted(info.name());
        if (offset < 0 || offset % alignment != 0) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    tensor + " has offset " + Long.toUnsignedString(offset) + ", no multiple of " + alignment);
        }
        long room = fileBytes - dataOffset;
        if (offset > room || info.bytes() > room - offset) {
            throw Failure.of(
                            FailureCode.MALFORMED,
                            tensor + " of " + info.bytes() + " bytes at byte " + dataOffset + " + " + offset
                                    + " passes the file's end at byte " + fileBytes)
                    .withNextStep("the file may be incomplete: download it again");
        }
        return new TensorInfo(info.name(), info.type(), info.shape(), dataOffset + offset, info.bytes());
    }

    private static void refuseOverlaps(List<TensorInfo> tensors) {
        List<TensorInfo> ordered = tensors.stream()
                .filter(info -> info.bytes() > 0)
                .sorted(Comparator.comparingLong(TensorInfo::offset))
                .toList();
        for (int i = 1; i < ordered.size(); i++) {
            TensorInfo before = ordered.get(i - 1);
            TensorInfo after = ordered.get(i);
            if (after.offset() < before.end()) {
                throw Failure.of(
                        FailureCode.MALFORMED,
                        "Tensors " + Names.quoted(before.name()) + " and " + Names.quoted(after.name())
                                + " overlap at byte " + after.offset());
            }
        }
    }
}
