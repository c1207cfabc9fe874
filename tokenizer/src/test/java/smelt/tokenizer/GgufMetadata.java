package smelt.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.formats.Metadata;

/** Just enough of a GGUF reader for the tests of this room: trusted files, metadata only. */
final class GgufMetadata {
    private final ByteBuffer in;

    private GgufMetadata(ByteBuffer in) {
        this.in = in;
    }

    static Metadata read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return new GgufMetadata(bytes.order(ByteOrder.LITTLE_ENDIAN)).metadata();
        }
    }

    private Metadata metadata() {
        in.position(16);
        long count = in.getLong();
        Map<String, Object> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = string();
            values.put(key, value(in.getInt()));
        }
        return new Metadata(values);
    }

    private Object value(int type) {
        return switch (type) {
            case 0 -> (long) (in.get() & 0xFF);
            case 1 -> (long) in.get();
            case 2 -> (long) (in.getShort() & 0xFFFF);
            case 3 -> (long) in.getShort();
            case 4 -> in.getInt() & 0xFFFFFFFFL;
            case 5 -> (long) in.getInt();
            case 6 -> (double) in.getFloat();
            case 7 -> in.get() != 0;
            case 8 -> string();
            case 9 -> list();
            case 10, 11 -> in.getLong();
            case 12 -> in.getDouble();
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    private List<Object> list() {
        int type = in.getInt();
        int size = Math.toIntExact(in.getLong());
        List<Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(value(type));
        }
        return list;
    }

    private String string() {
        byte[] bytes = new byte[Math.toIntExact(in.getLong())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
