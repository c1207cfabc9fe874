package smelt.formats.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.formats.Names;
import smelt.formats.Tensor;
import smelt.formats.TensorWriting;

/** Writes GGUF, version 3, little endian. */
public final class GgufWriter {
    private static final int VERSION = 3;

    private final ByteArrayOutputStream header = new ByteArrayOutputStream();

    private GgufWriter() {}

    /**
     * Writes a new file. Integers take the smallest of UINT32, INT32 and INT64 that fits (lists: INT32 or INT64), real
     * numbers FLOAT32 where it holds them exactly, else FLOAT64; so round a value to float that is to be FLOAT32.
     *
     * @param metadata may have general.alignment, a power of two
     * @throws Failure INVALID_ARGUMENT for a shape of more than four dimensions or data of another size than its shape
     *     says; UNAVAILABLE where the file cannot be written
     */
    public static void write(Path path, Metadata metadata, Collection<Tensor> tensors) {
        TensorWriting.write(path, header(metadata, tensors, VERSION), tensors, GgufParser.alignment(metadata));
    }

    /** Everything before the padding that precedes the data. */
    static byte[] header(Metadata metadata, Collection<Tensor> tensors, int version) {
        GgufWriter writer = new GgufWriter();
        writer.u32(GgufParser.MAGIC);
        writer.u32(version);
        writer.u64(tensors.size());
        writer.u64(metadata.values().size());
        for (Map.Entry<String, Object> entry : metadata.values().entrySet()) {
            writer.string(entry.getKey());
            writer.value(entry.getKey(), entry.getValue());
        }
        writer.infos(tensors, GgufParser.alignment(metadata));
        return writer.header.toByteArray();
    }

    private void infos(Collection<Tensor> tensors, int alignment) {
        long offset = 0;
        for (Tensor tensor : tensors) {
            List<Long> shape = tensor.shape();
            long bytes = TensorWriting.bytes(tensor);
            if (shape.size() > GgufParser.MAX_DIMENSIONS) {
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        "Tensor " + Names.quoted(tensor.name()) + " has " + shape.size() + " dimensions, at most "
                                + GgufParser.MAX_DIMENSIONS);
            }
            string(tensor.name());
            u32(shape.size());
            shape.reversed().forEach(this::u64);
            u32(tensor.type().ggmlNumber());
            u64(offset);
            offset += Math.ceilDiv(bytes, (long) alignment) * alignment;
        }
    }

    private void value(String key, Object value) {
        if (value instanceof List<?> list) {
            GgufType type = list.isEmpty() ? GgufType.STRING : elementType(key, list);
            type(GgufType.ARRAY);
            type(type);
            u64(list.size());
            list.forEach(element -> scalar(type, element));
        } else {
            GgufType type = type(key, value);
            type(type);
            scalar(type, value);
        }
    }

    private static GgufType type(String key, Object value) {
        if (value instanceof String) {
            return GgufType.STRING;
        }
        if (value instanceof Boolean) {
            return GgufType.BOOL;
        }
        if (value instanceof Double real) {
            return isFloat(real) ? GgufType.FLOAT32 : GgufType.FLOAT64;
        }
        if (value instanceof Long integer) {
            boolean unsigned = integer >= 0 && integer <= 0xFFFFFFFFL;
            return unsigned ? GgufType.UINT32 : integer == integer.intValue() ? GgufType.INT32 : GgufType.INT64;
        }
        throw Failure.of(
                FailureCode.INVALID_ARGUMENT,
                "Metadata key '" + key + "' is of " + value.getClass().getSimpleName());
    }

    private static GgufType elementType(String key, List<?> list) {
        GgufType first = type(key, list.getFirst());
        return switch (first) {
            case UINT32, INT32, INT64 ->
                list.stream().allMatch(e -> e instanceof Long l && l == l.intValue()) ? GgufType.INT32 : GgufType.INT64;
            case FLOAT32, FLOAT64 ->
                list.stream().allMatch(e -> e instanceof Double d && isFloat(d)) ? GgufType.FLOAT32 : GgufType.FLOAT64;
            default -> first;
        };
    }

    private static boolean isFloat(double real) {
        return Double.compare((float) real, real) == 0;
    }

    private void scalar(GgufType type, Object value) {
        switch (type) {
            case STRING -> string((String) value);
            case BOOL -> header.write((Boolean) value ? 1 : 0);
            case FLOAT32 -> u32(Float.floatToRawIntBits(((Double) value).floatValue()));
            case FLOAT64 -> u64(Double.doubleToRawLongBits((Double) value));
            case UINT32, INT32 -> u32(((Long) value).intValue());
            case INT64 -> u64((Long) value);
            case UINT8, INT8, UINT16, INT16, UINT64, ARRAY -> throw new IllegalArgumentException(type.name());
        }
    }

    private void type(GgufType type) {
        u32(type.number);
    }

    private void string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        u64(utf8.length);
        header.writeBytes(utf8);
    }

    private void u32(int value) {
        header.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private void u64(long value) {
        header.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }
}
