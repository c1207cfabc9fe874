package smelt.blocks;

import java.lang.foreign.MemorySegment;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * How one {@link DType} lies in memory. Offsets into segments are in bytes, offsets into arrays in items;
 * {@code elements} is a whole number of blocks of one row or of consecutive rows.
 */
public sealed interface BlockFormat permits PlainFormat, QuantisedFormat {
    DType type();

    /** Bytes at {@code srcOffset} to {@code elements} floats. */
    void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int elements);

    /** The same over and over, up to {@code elements} at a time, without garbage; for one thread. */
    default Decoder decoder(int elements) {
        return this::decode;
    }

    /** See {@link #decode}. */
    interface Decoder {
        void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int elements);
    }

    /** False where this type is only read. */
    boolean canEncode();

    /**
     * Floats to the bytes that ggml's reference quantiser (without an importance matrix) makes of them.
     *
     * @throws Failure UNSUPPORTED where not {@link #canEncode}
     */
    void encode(float[] src, int srcOffset, MemorySegment dst, long dstOffset, int elements);

    /** Elements that share one scale, 16 or 32: value = scale * quant, plus the group's offset if {@link #hasMin}. */
    int groupSize();

    boolean hasMin();

    /** The least quant that any bytes unpack to; fits a signed byte. */
    int minQuant();

    /** The greatest quant that any bytes unpack to; fits a signed byte. */
    int maxQuant();

    /**
     * Takes {@code elements} values apart without loss: quants [elements] signed bytes, scales [elements / groupSize],
     * and offsets [elements / groupSize] if {@link #hasMin}, else left alone (an empty array will do).
     *
     * @throws Failure INVALID_ARGUMENT where the type is not quantised
     */
    void unpack(
            MemorySegment src,
            long srcOffset,
            int elements,
            byte[] quants,
            int quantsOffset,
            float[] scales,
            int scalesOffset,
            float[] offsets,
            int offsetsOffset);

    /**
     * One block at {@code src[at]} to its codes, unsigned bytes from {@code codes[c]} on: a quant less
     * {@link #minQuant}, or for types with a table the quant's number in it.
     */
    void unpackCodes(byte[] src, int at, byte[] codes, int c);

    /** Scales of one block's groups to {@code scales[g]} onward, offsets likewise if {@link #hasMin}. */
    void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g);

    /** Whether each bit of a code is a bit of the block, perhaps flipped, whatever the block's other bits are. */
    boolean codesAreBits();

    /** Byte of a block at which its f16 scale lies, or the f16 unit of its scales; negative where there is none. */
    int scaleAt();

    /** Byte of a block at which its f16 offset lies, or the f16 unit of its offsets, negated; if {@link #hasMin}. */
    int offsetAt();

    /**
     * The integers by which the block's units ({@link #scaleAt}, {@link #offsetAt}) are multiplied for each group, to
     * {@code scales[g]} onward, and to {@code offsets[g]} onward if {@link #hasMin}. Each of their bits is a bit of the
     * block, perhaps flipped, or a constant.
     *
     * @throws Failure INVALID_ARGUMENT where groups have scales of their own
     */
    void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g);

    /** Decoded values times {@code vector}, summed in double in ascending order: the plain way, to test others by. */
    default double dot(MemorySegment src, long srcOffset, float[] vector, int vectorOffset, int elements) {
        float[] values = new float[elements];
        decode(src, srcOffset, values, 0, elements);
        double sum = 0;
        for (int i = 0; i < elements; i++) {
            sum += (double) values[i] * vector[vectorOffset + i];
        }
        return sum;
    }

    /**
     * The format of {@code type}.
     *
     * @throws Failure UNSUPPORTED where smelt does not decode {@code type}
     */
    static BlockFormat of(DType type) {
        return switch (type) {
            case F32 -> PlainFormat.F32;
            case F16 -> PlainFormat.F16;
            case BF16 -> PlainFormat.BF16;
            case Q4_0 -> Q4_0.FORMAT;
            case Q4_1 -> Q4_1.FORMAT;
            case Q5_0 -> Q5_0.FORMAT;
            case Q5_1 -> Q5_1.FORMAT;
            case Q8_0 -> Q8_0.FORMAT;
            case Q2_K -> Q2_K.FORMAT;
            case Q3_K -> Q3_K.FORMAT;
            case Q4_K -> Q4_K.FORMAT;
            case Q5_K -> Q5_K.FORMAT;
            case Q6_K -> Q6_K.FORMAT;
            case IQ4_NL -> IQ4_NL.FORMAT;
            case IQ4_XS -> IQ4_XS.FORMAT;
            case IQ3_S -> IQ3_S.FORMAT;
            case TQ1_0 -> TQ1_0.FORMAT;
            case TQ2_0 -> TQ2_0.FORMAT;
            case MXFP4 -> MXFP4.FORMAT;
            case NVFP4 -> NVFP4.FORMAT;
            case Q8_1, Q8_K -> throw refused(type, "holds activations, never weights");
            case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS -> throw refused(type, "is not decoded yet");
            case I8, I16, I32, I64, F64 -> throw refused(type, "is no weight type that smelt computes with");
        };
    }

    private static Failure refused(DType type, String why) {
        return Failure.of(FailureCode.UNSUPPORTED, "Block type " + type + " " + why)
                .withNextStep("take a file of another type, such as Q4_K_M, Q4_0, Q8_0 or F16");
    }
}
