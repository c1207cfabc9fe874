package smelt.formats;

import java.util.List;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Where a tensor lies in its file, known from the header alone.
 *
 * @param shape outermost dimension first, as in {@link Tensor}
 * @param offset of the first byte, from the start of the file
 * @param bytes how many
 */
public record TensorInfo(String name, DType type, List<Long> shape, long offset, long bytes) {
    /** A file with more tensors is refused: describing them would take more memory than they do. */
    public static final int MAX_TENSORS = 1 << 17;

    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** The first byte after the tensor. */
    public long end() {
        return offset + bytes;
    }

    /**
     * Bytes of a tensor: whole blocks along the last dimension, times all others.
     *
     * @throws Failure MALFORMED where a dimension is negative or no whole number of blocks, or the product overflows
     */
    public static long bytes(DType type, List<Long> shape) {
        long row = shape.isEmpty() ? 1 : shape.getLast();
        long bytes = type.bytes(row);
        for (int i = 0; i < shape.size() - 1; i++) {
            long dimension = shape.get(i);
            if (dimension < 0 || Math.multiplyHigh(bytes, dimension) != 0 || bytes * dimension < 0) {
                throw Failure.of(FailureCode.MALFORMED, "Shape " + shape + " of " + type + " is negative or too large");
            }
            bytes *= dimension;
        }
        return bytes;
    }
}
