package smelt.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Walks the fields of one protobuf message. */
final class ProtobufReader {
    private final ByteBuffer in;
    private int field;
    private int wireType;

    ProtobufReader(ByteBuffer message) {
        this.in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field; its value must then be read or skipped. */
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        return true;
    }

    int field() {
        return field;
    }

    long integer() {
        expect(0);
        return varint();
    }

    float real() {
        expect(5);
        return Float.intBitsToFloat(take(4).getInt());
    }

    ByteBuffer bytes() {
        expect(2);
        return take(varint());
    }

    void skip() {
        switch (wireType) {
            case 0 -> varint();
            case 1 -> take(8);
            case 2 -> take(varint());
            case 5 -> take(4);
            default -> throw malformed("has wire type " + wireType);
        }
    }

    private void expect(int type) {
        if (wireType != type) {
            throw malformed("has field " + field + " with wire type " + wireType + " instead of " + type);
        }
    }

    private ByteBuffer take(long length) {
        if (length < 0 || length > in.remaining()) {
            throw malformed("has a field of " + length + " bytes with " + in.remaining() + " left");
        }
        ByteBuffer part = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return part;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!in.hasRemaining()) {
                throw malformed("ends inside a number");
            }
            byte b = in.get();
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw malformed("has a number of more than ten bytes");
    }

    private static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "tokenizer.model " + what);
    }
}
