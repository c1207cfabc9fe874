package smelt.formats;

import java.lang.foreign.MemorySegment;
import java.util.List;
import smelt.base.DType;

/**
 * A named tensor as it lies in a file.
 *
 * @param shape outermost dimension first (the reverse of GGUF's order): a matrix is [rows, columns], rows contiguous
 * @param data exactly the tensor's bytes, read-only, valid while the {@link ModelFile} is open
 */
public record Tensor(String name, DType type, List<Long> shape, MemorySegment data) {
    public Tensor {
        shape = List.copyOf(shape);
    }

    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
