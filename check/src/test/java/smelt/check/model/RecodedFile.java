package smelt.check.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;

/** A model whose matrices come in another type; those whose rows are no whole blocks of it, in f16. */
final class RecodedFile implements ModelFile {
    private final ModelFile original;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    RecodedFile(ModelFile original, DType type) {
        this.original = original;
        original.tensors().forEach((name, tensor) -> {
            boolean matrix = tensor.shape().size() == 2;
            boolean whole = tensor.shape().getLast() % type.blockElements() == 0;
            tensors.put(name, matrix ? recoded(tensor, whole ? type : DType.F16) : tensor);
        });
    }

    private static Tensor recoded(Tensor tensor, DType type) {
        float[] values = new float[Math.toIntExact(tensor.elements())];
        BlockFormat.of(tensor.type()).decode(tensor.data(), 0, values, 0, values.length);
        MemorySegment data = Arena.ofAuto().allocate(type.bytes(values.length), 64);
        BlockFormat.of(type).encode(values, 0, data, 0, values.length);
        return new Tensor(tensor.name(), type, tensor.shape(), data.asReadOnly());
    }

    @Override
    public Format format() {
        return original.format();
    }

    @Override
    public Metadata metadata() {
        return original.metadata();
    }

    @Override
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public long bytes() {
        return original.bytes();
    }

    @Override
    public void close() {
        original.close();
    }
}
