package smelt.formats.gguf;

import java.nio.ByteBuffer;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Types of metadata values, numbered as in the file. */
enum GgufType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 0),
    ARRAY(9, 0),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    final int number;

    /** Bytes of one value; 0 where they vary. */
    final int bytes;

    GgufType(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    static GgufType of(long number) {
        for (GgufType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw Failure.of(FailureCode.MALFORMED, "Value type " + number + " does not exist");
    }

    /** The value at byte {@code at} of little-endian {@code from}: Long, Double or Boolean. */
    Object value(ByteBuffer from, int at) {
        return switch (this) {
            case UINT8 -> Long.valueOf(from.get(at) & 0xFF);
            case INT8 -> Long.valueOf(from.get(at));
            case UINT16 -> Long.valueOf(from.getShort(at) & 0xFFFF);
            case INT16 -> Long.valueOf(from.getShort(at));
            case UINT32 -> Long.valueOf(Integer.toUnsignedLong(from.getInt(at)));
            case INT32 -> Long.valueOf(from.getInt(at));
            case UINT64 -> unsigned(from.getLong(at));
            case INT64 -> Long.valueOf(from.getLong(at));
            case FLOAT32 -> Double.valueOf(from.getFloat(at));
            case FLOAT64 -> Double.valueOf(from.getDouble(at));
            case BOOL -> bool(from.get(at));
            case STRING, ARRAY -> throw new IllegalArgumentException(this + " has no fixed size");
        };
    }

    private static Long unsigned(long bits) {
        if (bits < 0) {
            throw Failure.of(
                    FailureCode.MALFORMED, "The integer " + Long.toUnsignedString(bits) + " is beyond 63 bits");
        }
        return bits;
    }

    private static Boolean bool(byte b) {
        if (b != 0 && b != 1) {
            throw Failure.of(FailureCode.MALFORMED, "A truth value is " + b + ", neither 0 nor 1");
        }
        return b == 1;
    }
}
