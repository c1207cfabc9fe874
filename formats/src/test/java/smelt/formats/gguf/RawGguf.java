package smelt.formats.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** GGUF bytes written field by field, right or wrong. */
final class RawGguf {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Magic, version and counts. */
    static RawGguf file(int version, long tensors, long keys) {
        return new RawGguf().u32(0x46554747).u32(version).u64(tensors).u64(keys);
    }

    RawGguf u32(long value) {
        return integer(value, 4);
    }

    RawGguf u64(long value) {
        return integer(value, 8);
    }

    RawGguf raw(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    RawGguf string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        u64(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    RawGguf key(String name, int type) {
        return string(name).u32(type);
    }

    /** An F32 tensor unless {@code type} says otherwise; dimensions in the file's order. */
    RawGguf tensor(String name, int type, long offset, long... dimensions) {
        string(name).u32(dimensions.length);
        for (long dimension : dimensions) {
            u64(dimension);
        }
        return u32(type).u64(offset);
    }

    /** Padded to 32, and {@code data} zeros after it. */
    byte[] end(int data) {
        while (bytes.size() % 32 != 0) {
            bytes.write(0);
        }
        bytes.writeBytes(new byte[data]);
        return bytes.toByteArray();
    }

    private RawGguf integer(long value, int width) {
        for (int i = 0; i < width; i++) {
            bytes.write((int) (value >> (8 * i)));
        }
        return this;
    }
}
