package smelt.blocks;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import smelt.base.DType;

/** A type whose blocks unpack into small integers with a scale, and perhaps an offset, per group. */
abstract sealed class QuantisedFormat implements BlockFormat
        permits Q4_0,
                Q4_1,
                Q5_0,
                Q5_1,
                Q8_0,
                Q2_K,
                Q3_K,
                Q4_K,
                Q5_K,
                Q6_K,
                IQ4_NL,
                IQ4_XS,
                IQ3_S,
                TQ1_0,
                TQ2_0,
                MXFP4,
                NVFP4 {
    /**
     * Elements worked on at once: a whole number of every type's blocks, and small enough for the first-level cache.
     */
    private static final int CHUNK = 4096;

    private static final float[] NONE = {};

    private final DType type;
    private final int groupSize;
    private final boolean hasMin;
    private final int minQuant;
    private final int maxQuant;

    QuantisedFormat(DType type, int groupSize, boolean hasMin, int minQuant, int maxQuant) {
        this.type = type;
        this.groupSize = groupSize;
        this.hasMin = hasMin;
        this.minQuant = minQuant;
        this.maxQuant = maxQuant;
    }

    /** One block at {@code src[at]} to its quants at {@code quants[q]}, scales and offsets at {@code [g]}. */
    abstract void unpackBlock(byte[] src, int at, byte[] quants, int q, float[] scales, float[] offsets, int g);

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
            unpackBlock(bytes, block * type.blockBytes(), quants, q + block * size, scales, offsets, block * groups);
        }
    }

    @Override
    public final void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int elements) {
        long end = srcOffset + type.bytes(elements);
        int most = Math.min(elements, CHUNK);
        byte[] bytes = new byte[(int) type.bytes(most)];
        byte[] quants = new byte[most];
        float[] scales = new float[most / groupSize];
        float[] offsets = hasMin ? new float[most / groupSize] : NONE;
        for (int done = 0; done < elements; done += CHUNK) {
            int count = Math.min(CHUNK, elements - done);
            int length = (int) type.bytes(count);
            MemorySegment.copy(src, ValueLayout.JAVA_BYTE, end - type.bytes(elements - done), bytes, 0, length);
            unpackChunk(bytes, count, quants, 0, scales, offsets);
            scale(quants, scales, offsets, dst, dstOffset + done, count);
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
