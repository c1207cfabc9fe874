package smelt.targets.reference;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/** LOAD and STORE. */
final class MemoryCode {
    private MemoryCode() {}

    private interface FloatReader {
        float read(AddressSpace memory, long address);
    }

    private interface IntReader {
        int read(AddressSpace memory, long address);
    }

    private static MemoryKind kind(Node node) {
        return node.attr(Attr.Memory.class).kind();
    }

    static Interpreter.Code load(Node node, int address, int to) {
        return switch (kind(node)) {
            case F32 -> floats(address, to, 4, AddressSpace::readFloat);
            case F16 -> floats(address, to, 2, (m, a) -> Float.float16ToFloat(m.readShort(a)));
            case BF16 -> floats(address, to, 2, (m, a) -> Float.intBitsToFloat(m.readShort(a) << 16));
            case ONE_F32 -> floats(address, to, 0, AddressSpace::readFloat);
            case ONE_F16 -> floats(address, to, 0, (m, a) -> Float.float16ToFloat(m.readShort(a)));
            case I32 -> ints(address, to, 4, AddressSpace::readInt);
            case U8 -> ints(address, to, 1, (m, a) -> m.readByte(a) & 0xff);
            case S8 -> ints(address, to, 1, AddressSpace::readByte);
            case ONE_I32 -> ints(address, to, 0, AddressSpace::readInt);
            case I8 -> bytes(address, to, 64);
            case ONE_I8X4 -> bytes(address, to, 4);
            case ONE_U8 -> throw Failure.of(FailureCode.INTERNAL, "No load of kind " + kind(node));
            case WORD -> frame -> frame.longs[to] = frame.memory.readInt(frame.longs[address]);
            case LONG -> frame -> frame.longs[to] = frame.memory.readLong(frame.longs[address]);
        };
    }

    private static Interpreter.Code floats(int address, int to, int stride, FloatReader reader) {
        return frame -> {
            float[] result = frame.floats[to];
            long at = frame.longs[address];
            for (int i = 0; i < 16; i++) {
                result[i] = reader.read(frame.memory, at + (long) i * stride);
            }
        };
    }

    private static Interpreter.Code ints(int address, int to, int stride, IntReader reader) {
        return frame -> {
            int[] result = frame.ints[to];
            long at = frame.longs[address];
            for (int i = 0; i < 16; i++) {
                result[i] = reader.read(frame.memory, at + (long) i * stride);
            }
        };
    }

    /** 64 bytes, the first {@code period} of them from memory, then again and again. */
    private static Interpreter.Code bytes(int address, int to, int period) {
        return frame -> {
            byte[] result = frame.bytes[to];
            long at = frame.longs[address];
            for (int i = 0; i < 64; i++) {
                result[i] = frame.memory.readByte(at + i % period);
            }
        };
    }

    private interface LaneWriter {
        void write(Frame frame, long address, int lane);
    }

    static Interpreter.Code store(Node node, int address, int from) {
        return switch (kind(node)) {
            case F32 -> lanes(address, 16, 4, (f, a, i) -> f.memory.write(a, f.floats[from][i]));
            case F16 -> lanes(address, 16, 2, (f, a, i) -> f.memory.write(a, Float.floatToFloat16(f.floats[from][i])));
            case I32 -> lanes(address, 16, 4, (f, a, i) -> f.memory.write(a, f.ints[from][i]));
            case U8 -> lanes(address, 16, 1, (f, a, i) -> f.memory.write(a, (byte) f.ints[from][i]));
            case I8 -> lanes(address, 64, 1, (f, a, i) -> f.memory.write(a, f.bytes[from][i]));
            case ONE_F32 -> lanes(address, 1, 4, (f, a, i) -> f.memory.write(a, f.floats[from][i]));
            case ONE_I32 -> lanes(address, 1, 4, (f, a, i) -> f.memory.write(a, f.ints[from][i]));
            case ONE_F16 ->
                lanes(address, 1, 2, (f, a, i) -> f.memory.write(a, Float.floatToFloat16(f.floats[from][i])));
            case ONE_U8 -> lanes(address, 1, 1, (f, a, i) -> f.memory.write(a, (byte) f.ints[from][i]));
            case WORD -> lanes(address, 1, 4, (f, a, i) -> f.memory.write(a, (int) f.longs[from]));
            case LONG -> lanes(address, 1, 8, (f, a, i) -> f.memory.write(a, f.longs[from]));
            case BF16, S8, ONE_I8X4 -> throw Failure.of(FailureCode.INTERNAL, "No store of kind " + kind(node));
        };
    }

    private static Interpreter.Code lanes(int address, int count, int stride, LaneWriter writer) {
        return frame -> {
            long at = frame.longs[address];
            for (int i = 0; i < count; i++) {
                writer.write(frame, at + (long) i * stride, i);
            }
        };
    }

    static Interpreter.Code tileDot(Node node, int to, int rows, int codes) {
        Attr.Tile tile = node.attr(Attr.Tile.class);
        return frame -> {
            for (int row = 0; row < 16; row++) {
                long from = frame.longs[rows] + (long) row * tile.stride();
                for (int lane = 0; lane < 16; lane++) {
                    int sum = 0;
                    for (int i = 0; i < 4 * tile.vectors(); i++) {
                        int code = frame.memory.readByte(frame.longs[codes] + 64L * (i / 4) + 4L * lane + i % 4);
                        sum += code * frame.memory.readByte(from + i);
                    }
                    frame.memory.write(frame.longs[to] + 64L * row + 4L * lane, sum);
                }
            }
        };
    }
}
