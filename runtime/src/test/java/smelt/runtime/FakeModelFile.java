package smelt.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;

/** A model file in memory, of random tensors. */
final class FakeModelFile implements ModelFile {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Random random;

    FakeModelFile(long seed) {
        this.random = new Random(seed);
    }

    /** Adds a matrix of normal values, or of random bytes with sane scales where the type has no encoder. */
    FakeModelFile matrix(String name, DType type, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        MemorySegment data = Arena.ofAuto().allocate(type.bytes(columns) * rows, 64);
        BlockFormat format = BlockFormat.of(type);
        if (format.canEncode()) {
            format.encode(values, 0, data, 0, values.length);
        } else {
            fillBlocks(type, data);
        }
        tensors.put(name, new Tensor(name, type, List.of((long) rows, (long) columns), data.asReadOnly()));
        return this;
    }

    /** Random bytes; those that could be an exponent of a scale stay small. */
    private void fillBlocks(DType type, MemorySegment data) {
        byte[] bytes = new byte[(int) data.byteSize()];
        for (int i = 0; i < bytes.length; i++) {
            int inBlock = i % type.blockBytes();
            boolean scale = type == DType.MXFP4 ? inBlock == 0 : type == DType.NVFP4 && inBlock < 4;
            boolean half = type.blockBytes() > 100 && inBlock < 2;
            bytes[i] = (byte) (scale ? type == DType.MXFP4 ? 125 : 0x38 : half ? inBlock * 0x28 : random.nextInt(256));
        }
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, data, 0, bytes.length);
    }

    /** Changes element {@code index} of a matrix in F32. */
    FakeModelFile put(String name, long index, float value) {
        MemorySegment data = Objects.requireNonNull(tensors.get(name)).data();
        MemorySegment.ofAddress(data.address())
                .reinterpret(data.byteSize())
                .setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
        return this;
    }

    /** The tensor's values as floats. */
    float[] decoded(String name) {
        Tensor tensor = Objects.requireNonNull(tensors.get(name));
        float[] values = new float[(int) tensor.elements()];
        BlockFormat.of(tensor.type()).decode(tensor.data(), 0, values, 0, values.length);
        return values;
    }

    @Override
    public Format format() {
        return Format.GGUF;
    }

    @Override
    public Metadata metadata() {
        return new Metadata(Map.of());
    }

    @Override
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {}
}
