package smelt.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.base.DType;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A model made of names and shapes; or a small f32 folder read without the room under it. */
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

    static FakeModel folder(Path folder) {
        try {
            FakeModel model = new FakeModel(Format.SAFETENSORS);
            flatten(new ObjectMapper().readTree(folder.resolve("config.json").toFile()), "", model.metadata);
            byte[] bytes = Files.readAllBytes(folder.resolve("model.safetensors"));
            int header =
                    (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
            JsonNode index =
                    new ObjectMapper().readTree(new String(bytes, 8, header, java.nio.charset.StandardCharsets.UTF_8));
            MemorySegment data = MemorySegment.ofArray(bytes).asSlice(8 + header);
            index.properties().forEach(entry -> {
                if (!entry.getKey().equals("__metadata__")) {
                    model.tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue(), data));
                }
            });
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tensor tensor(String name, JsonNode entry, MemorySegment data) {
        List<Long> shape =
                entry.get("shape").valueStream().map(JsonNode::asLong).toList();
        long from = entry.get("data_offsets").get(0).asLong();
        long to = entry.get("data_offsets").get(1).asLong();
        return new Tensor(name, DType.valueOf(entry.get("dtype").asString()), shape, data.asSlice(from, to - from));
    }

    private static void flatten(JsonNode node, String prefix, Map<String, Object> into) {
        node.properties().forEach(entry -> {
            String key = prefix + entry.getKey();
            if (entry.getValue().isObject()) {
                flatten(entry.getValue(), key + ".", into);
            } else if (!entry.getValue().isNull()) {
                into.put(key, plain(entry.getValue()));
            }
        });
    }

    private static Object plain(JsonNode value) {
        if (value.isArray()) {
            List<Object> list = new ArrayList<>();
            value.forEach(element -> list.add(plain(element)));
            return list;
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.isIntegralNumber()) {
            return value.asLong();
        }
        return value.isNumber() ? (Object) value.asDouble() : value.asString();
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
