package smelt.compiler;

import java.util.Arrays;
import java.util.List;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.MemoryKind;

/**
 * How a block type lies in memory once packed: the one place to extend for a new block type. A packed value is
 * {@code scale * (code - bias) + offset}, where code is an unsigned integer of {@code bits} bits, or the table's byte.
 *
 * @param bits width of the stored code: 2, 3, 4, 5, 6 or 8; 0 for plain floats
 * @param bias subtracted from the code (after the table); 0 or a power of two
 * @param table 16 unsigned bytes (the format's values plus the bias), or empty
 * @param group columns that share a scale: 16 or 32
 */
public record PackedType(
        int bits, int bias, List<Byte> table, int group, ScaleKind scales, ScaleKind offsets, MemoryKind plain) {
    /** How the scale, or offset, of a group is stored for 16 rows. */
    public enum ScaleKind {
        NONE(0),
        F16(32),
        BF16(32),
        /** A signed byte per row, times an f16 that 256 columns share. */
        S8(16);

        private final int bytes;

        ScaleKind(int bytes) {
            this.bytes = bytes;
        }

        /** For 16 rows of one group. */
        public int bytes() {
            return bytes;
        }

        MemoryKind memory() {
            return switch (this) {
                case NONE -> throw new IllegalStateException("no scale is stored");
                case F16 -> MemoryKind.F16;
                case BF16 -> MemoryKind.BF16;
                case S8 -> MemoryKind.S8;
            };
        }
    }

    /** IQ4_NL and IQ4_XS; facts of ggml (MIT). */
    private static final int[] NON_LINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** Doubled E2M1. */
    private static final int[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    /** IQ3_S: its magnitudes are odd. */
    private static final int[] ODD = {-15, -13, -11, -9, -7, -5, -3, -1, 1, 3, 5, 7, 9, 11, 13, 15};

    public PackedType {
        table = List.copyOf(table);
    }

    public static PackedType of(DType type) {
        return switch (type) {
            case F32 -> floats(MemoryKind.F32);
            case F16 -> floats(MemoryKind.F16);
            case BF16 -> floats(MemoryKind.BF16);
            case Q4_0 -> codes(4, 8, 32, ScaleKind.F16, ScaleKind.NONE);
            case Q4_1 -> codes(4, 0, 32, ScaleKind.F16, ScaleKind.F16);
            case Q5_0 -> codes(5, 16, 32, ScaleKind.F16, ScaleKind.NONE);
            case Q5_1 -> codes(5, 0, 32, ScaleKind.F16, ScaleKind.F16);
            case Q8_0 -> codes(8, 128, 32, ScaleKind.F16, ScaleKind.NONE);
            case Q2_K -> codes(2, 0, 16, ScaleKind.S8, ScaleKind.S8);
            case Q3_K -> codes(3, 4, 16, ScaleKind.S8, ScaleKind.NONE);
            case Q4_K -> codes(4, 0, 32, ScaleKind.S8, ScaleKind.S8);
            case Q5_K -> codes(5, 0, 32, ScaleKind.S8, ScaleKind.S8);
            case Q6_K -> codes(6, 32, 16, ScaleKind.S8, ScaleKind.NONE);
            case IQ4_NL -> table(NON_LINEAR, 32, ScaleKind.F16);
            case IQ4_XS -> table(NON_LINEAR, 32, ScaleKind.S8);
            case MXFP4 -> table(E2M1, 32, ScaleKind.BF16);
            case NVFP4 -> table(E2M1, 16, ScaleKind.F16);
            case TQ1_0, TQ2_0 -> codes(2, 1, 32, ScaleKind.S8, ScaleKind.NONE);
            case IQ3_S -> table(ODD, 32, ScaleKind.S8);
            case Q8_1, Q8_K, IQ2_XXS, IQ2_XS, IQ3_XXS, IQ1_S, IQ2_S, IQ1_M, I8, I16, I32, I64, F64 ->
                throw Failure.of(FailureCode.UNSUPPORTED, "Weights of type " + type + " cannot be multiplied")
                        .withNextStep("convert the model to one of Q4_0, Q4_K, Q8_0 or F16");
        };
    }

    private static PackedType floats(MemoryKind kind) {
        return new PackedType(0, 0, List.of(), 32, ScaleKind.NONE, ScaleKind.NONE, kind);
    }

    private static PackedType codes(int bits, int bias, int group, ScaleKind scales, ScaleKind offsets) {
        return new PackedType(bits, bias, List.of(), group, scales, offsets, MemoryKind.I8);
    }

    private static PackedType table(int[] values, int group, ScaleKind scales) {
        int least = Arrays.stream(values).min().orElseThrow();
        int bias = Integer.highestOneBit(2 * -least - 1);
        List<Byte> bytes =
                Arrays.stream(values).mapToObj(value -> (byte) (value + bias)).toList();
        return new PackedType(4, bias, bytes, group, scales, ScaleKind.NONE, MemoryKind.I8);
    }

    public boolean isFloat() {
        return bits == 0;
    }

    /** Bits of a code in the first plane: 2, 4 or 8. */
    public int baseBits() {
        return bits == 8 ? 8 : bits >= 4 ? 4 : 2;
    }

    /** Bits of a code in the second plane: 0, 1 or 2. */
    public int highBits() {
        return bits - baseBits();
    }

    /** Largest byte that enters a dot product. */
    public int largestCode() {
        return table.isEmpty()
                ? (1 << bits) - 1
                : table.stream().mapToInt(code -> code & 0xff).max().orElseThrow();
    }
}
