package smelt.formats.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.RandomAccess;

/** An array of numbers or truth values in no more memory than in the file; values are boxed as they are asked for. */
final class PackedNumbers extends AbstractList<Object> implements RandomAccess {
    private final GgufType type;
    private final ByteBuffer bytes;

    private PackedNumbers(GgufType type, byte[] bytes) {
        this.type = type;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static PackedNumbers read(GgufCursor cursor, GgufType type, long count) {
        int items = cursor.demand(count, type.bytes);
        PackedNumbers numbers = new PackedNumbers(type, cursor.block((long) items * type.bytes));
        if (type == GgufType.UINT64 || type == GgufType.BOOL) {
            // Only these have values that are refused, and now is the time.
            numbers.forEach(value -> {});
        }
        return numbers;
    }

    @Override
    public Object get(int index) {
        return type.value(bytes, index * type.bytes);
    }

    @Override
    public int size() {
        return bytes.limit() / type.bytes;
    }
}
