package smelt.blocks;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** One value after another: 32 and 16 bit floats. */
enum PlainFormat implements BlockFormat {
    F32(DType.F32) {
        @Override
        float get(MemorySegment src, long at) {
            return Float.intBitsToFloat(src.get(WORD, at));
        }

        @Override
        void put(MemorySegment dst, long at, float value) {
            dst.set(WORD, at, Float.floatToRawIntBits(value));
        }
    },
    F16(DType.F16) {
        @Override
        float get(MemorySegment src, long at) {
            return Float.float16ToFloat(src.get(HALF, at));
        }

        @Override
        void put(MemorySegment dst, long at, float value) {
            dst.set(HALF, at, Float.floatToFloat16(value));
        }
    },
    BF16(DType.BF16) {
        @Override
        float get(MemorySegment src, long at) {
            return Float.intBitsToFloat(src.get(HALF, at) << 16);
        }

        @Override
        void put(MemorySegment dst, long at, float value) {
            int bits = Float.floatToRawIntBits(value);
            int rounded = Float.isNaN(value) ? bits | 1 << 22 : bits + 0x7FFF + ((bits >> 16) & 1);
            dst.set(HALF, at, (short) (rounded >> 16));
        }
    };

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final DType type;

    PlainFormat(DType type) {
        this.type = type;
    }

    abstract float get(MemorySegment src, long at);

    abstract void put(MemorySegment dst, long at, float value);

    @Override
    public DType type() {
        return type;
    }

    @Override
    public void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int elements) {
        int step = type.blockBytes();
        for (int i = 0; i < elements; i++) {
            dst[dstOffset + i] = get(src, srcOffset + (long) i * step);
        }
    }

    @Override
    public boolean canEncode() {
        return true;
    }

    @Override
    public void encode(float[] src, int srcOffset, MemorySegment dst, long dstOffset, int elements) {
        int step = type.blockBytes();
        for (int i = 0; i < elements; i++) {
            put(dst, dstOffset + (long) i * step, src[srcOffset + i]);
        }
    }

    @Override
    public int groupSize() {
        throw notQuantised();
    }

    @Override
    public boolean hasMin() {
        return false;
    }

    @Override
    public int minQuant() {
        throw notQuantised();
    }

    @Override
    public int maxQuant() {
        throw notQuantised();
    }

    @Override
    public void unpack(
            MemorySegment src,
            long srcOffset,
            int elements,
            byte[] quants,
            int quantsOffset,
            float[] scales,
            int scalesOffset,
            float[] offsets,
            int offsetsOffset) {
        throw notQuantised();
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        throw notQuantised();
    }

    @Override
    public void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        throw notQuantised();
    }

    @Override
    public boolean codesAreBits() {
        throw notQuantised();
    }

    @Override
    public int scaleAt() {
        throw notQuantised();
    }

    @Override
    public int offsetAt() {
        throw notQuantised();
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        throw notQuantised();
    }

    private Failure notQuantised() {
        return Failure.of(FailureCode.INVALID_ARGUMENT, type + " is not quantised and has no quants");
    }
}
