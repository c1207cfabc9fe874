package smelt.blocks;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** A type whose blocks unpack into small integers with a scale, and perhaps an offset, per group. */
abstract sealed class QuantisedFormat implements BlockFormat
        permits Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, MXFP4, NVFP4, SuperBlockFormat {
    /**
     * Elements worked on at once: a whole number of every type's blocks, and small enough for the first-level cache.
     */
    private static final int CHUNK = 4096;

    private static final float[] NONE = {};

    private final DType type;
    private final int groupSize;
    private final boolean hasMin;
    /** Quant of each code, in ascending order of codes; 16 of a table, else as many as there may be. */
    private final byte[] levels;

    private final int minQuant;
    private final int maxQuant;

    /** Codes are quants less {@code minQuant}. */
    QuantisedFormat(DType type, int groupSize, boolean hasMin, int minQuant, int maxQuant) {
        this(type, groupSize, hasMin, range(minQuant, maxQuant));
    }

    /** Codes are numbers of {@code levels}. */
    QuantisedFormat(DType type, int groupSize, byte[] levels) {
        this(type, groupSize, false, levels);
    }

    private QuantisedFormat(DType type, int groupSize, boolean hasMin, byte[] levels) {
        this.type = type;
        this.groupSize = groupSize;
        this.hasMin = hasMin;
        this.levels = levels;
        int min = levels[0];
        int max = levels[0];
        for (byte level : levels) {
            min = Math.min(min, level);
            max = Math.max(max, level);
        }
        this.minQuant = min;
        this.maxQuant = max;
    }

    private static byte[] range(int first, int last) {
        byte[] range = new byte[last - first + 1];
        for (int i = 0; i < range.length; i++) {
            range[i] = (byte) (first + i);
        }
        return range;
    }

    /** One block of floats at {@code src[from]} to its bytes at {@code dst[at]}, all zero before. */
    abstract void encodeBlock(float[] src, int from, byte[] dst, int at);

    @Override
    public final DType type() {
        return type;
    }

    @Override
    public boolean canEncode() {
        return true;
    }

    @Override
    public final int groupSize() {
        return groupSize;
    }

    @Override
    public final boolean hasMin() {
        return hasMin;
    }

    @Override
    public final int minQuant() {
        return minQuant;
    }

    @Override
    public final int maxQuant() {
        return maxQuant;
    }

    @Override
    public boolean codesAreBits() {
        return true;
    }

    @Override
    public int scaleAt() {
        return 0;
    }

    @Override
    public int offsetAt() {
        return 2;
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        throw Failure.of(FailureCode.INVALID_ARGUMENT, type + " has one level of scales");
    }

    @Override
    public final void unpack(
            MemorySegment src,
            long srcOffset,
            int elements,
            byte[] quants,
            int quantsOffset,
            float[] scales,
            int scalesOffset,
            float[] offsets,
            int offsetsOffset) {
        long end = srcOffset + type.bytes(elements);
        int groups = CHUNK / groupSize;
        byte[] bytes = new byte[(int) type.bytes(Math.min(elements, CHUNK))];
        float[] chunkOffsets = hasMin ? new float[groups] : NONE;
        float[] chunkScales = new float[groups];
        for (int done = 0; done < elements; done += CHUNK) {
            int count = Math.min(CHUNK, elements - done);
            int length = (int) type.bytes(count);
            MemorySegment.copy(src, ValueLayout.JAVA_BYTE, end - type.bytes(elements - done), bytes, 0, length);
            unpackChunk(bytes, count, quants, quantsOffset + done, chunkScales, chunkOffsets);
            System.arraycopy(chunkScales, 0, scales, scalesOffset + done / groupSize, count / groupSize);
            if (hasMin) {
                System.arraycopy(chunkOffsets, 0, offsets, offsetsOffset + done / groupSize, count / groupSize);
            }
        }
    }

    private void unpackChunk(byte[] bytes, int elements, byte[] quants, int q, float[] scales, float[] offsets) {
        int size = type.blockElements();
        int groups = size / groupSize;
        for (int block = 0; block < elements / size; block++) {
            int at = block * type.blockBytes();
            unpackCodes(bytes, at, quants, q + block * size);
            unpackScales(bytes, at, scales, offsets, block * groups);
        }
        for (int i = q; i < q + elements; i++) {
            quants[i] = levels[quants[i] & 0xFF];
        }
    }

    @Override
    public final void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int elements) {
        decoder(elements).decode(src, srcOffset, dst, dstOffset, elements);
    }

    @Override
    public final Decoder decoder(int elements) {
        return new ChunkDecoder(Math.min(elements, CHUNK));
    }

    private final class ChunkDecoder implements Decoder {
        private final byte[] bytes;
        private final byte[] quants;
        private final float[] scales;
        private final float[] offsets;

        ChunkDecoder(int most) {
            bytes = new byte[(int) type.bytes(most)];
            quants = new byte[most];
            scales = new float[most / groupSize];
            offsets = hasMin ? new float[most / groupSize] : NONE;
        }

        @Override
        public void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int elements) {
            long end = srcOffset + type.bytes(elements);
            for (int done = 0; done < elements; done += CHUNK) {
                int count = Math.min(CHUNK, elements - done);
                int length = (int) type.bytes(count);
                MemorySegment.copy(src, ValueLayout.JAVA_BYTE, end - type.bytes(elements - done), bytes, 0, length);
                unpackChunk(bytes, count, quants, 0, scales, offsets);
                scale(quants, scales, offsets, dst, dstOffset + done, count);
            }
        }
    }

    /** scale * quant is exact in every type, so only the sum rounds, once. */
    private void scale(byte[] quants, float[] scales, float[] offsets, float[] dst, int to, int elements) {
        for (int g = 0; g < elements / groupSize; g++) {
            float scale = scales[g];
            int first = g * groupSize;
            if (hasMin) {
                float offset = offsets[g];
                for (int i = first; i < first + groupSize; i++) {
                    dst[to + i] = scale * quants[i] + offset;
                }
            } else {
                // Adding zero would turn -0 into +0.
                for (int i = first; i < first + groupSize; i++) {
                    dst[to + i] = scale * quants[i];
                }
            }
        }
    }

    @Override
    public final void encode(float[] src, int srcOffset, MemorySegment dst, long dstOffset, int elements) {
        long end = dstOffset + type.bytes(elements);
        int size = type.blockElements();
        for (int done = 0; done < elements; done += size) {
            byte[] block = new byte[type.blockBytes()];
            encodeBlock(src, srcOffset + done, block, 0);
            long at = end - type.bytes(elements - done);
            MemorySegment.copy(block, 0, dst, ValueLayout.JAVA_BYTE, at, block.length);
        }
    }
}
