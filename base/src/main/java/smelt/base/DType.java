package smelt.base;

import java.util.Optional;

/**
 * Element types of stored tensors. A quantised type packs {@link #blockElements} values of one row into
 * {@link #blockBytes} bytes. Numbers follow ggml's tensor types (MIT, github.com/ggml-org/ggml).
 */
public enum DType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    IQ1_M(29, 256, 56),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17),
    NVFP4(40, 64, 36);

    private final int ggmlNumber;
    private final int blockElements;
    private final int blockBytes;

    DType(int ggmlNumber, int blockElements, int blockBytes) {
        this.ggmlNumber = ggmlNumber;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    public static Optional<DType> ofGgmlNumber(long number) {
        for (DType type : values()) {
            if (type.ggmlNumber == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    public int ggmlNumber() {
        return ggmlNumber;
    }

    public int blockElements() {
        return blockElements;
    }

    public int blockBytes() {
        return blockBytes;
    }

    public boolean isQuantised() {
        return blockElements > 1;
    }

    public boolean isFloat() {
        return this == F32 || this == F16 || this == BF16 || this == F64;
    }

    /**
     * Bytes of {@code elements} values of one row.
     *
     * @throws Failure MALFORMED where {@code elements} is negative, no multiple of the block, or the product overflows
     */
    public long bytes(long elements) {
        if (elements < 0 || elements % blockElements != 0) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    elements + " elements are no whole number of " + this + " blocks of " + blockElements);
        }
        long blocks = elements / blockElements;
        if (blocks > Long.MAX_VALUE / blockBytes) {
            throw Failure.of(FailureCode.MALFORMED, elements + " elements of " + this + " overflow 63 bits of bytes");
        }
        return blocks * blockBytes;
    }
}
