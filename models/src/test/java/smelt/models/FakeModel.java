package smelt.models;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.base.DType;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;

/** A model made of names and shapes, without a file. */
final class FakeModel implements ModelFile {
    private final Format format;
    private final Map<String, Object> metadata = new HashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    FakeModel(Format format) {
        this.format = format;
    }

    FakeModel with(String key, Object value) {
        metadata.put(key, value instanceof Integer i ? Long.valueOf(i) : value);
        return this;
    }

    FakeModel without(String keyOrTensor) {
        metadata.remove(keyOrTensor);
        tensors.remove(keyOrTensor);
        return this;
    }

    FakeModel tensor(String name, DType type, long... shape) {
        tensors.put(name, new Tensor(name, type, Arrays.stream(shape).boxed().toList(), MemorySegment.NULL));
        return this;
    }

    FakeModel tensor(String name, float... values) {
        tensors.put(name, new Tensor(name, DType.F32, List.of((long) values.length), MemorySegment.ofArray(values)));
        return this;
    }

    @Override
    public Format format() {
        return format;
    }

    @Override
    public Metadata metadata() {
        return new Metadata(metadata);
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
