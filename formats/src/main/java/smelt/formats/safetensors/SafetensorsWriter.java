package smelt.formats.safetensors;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import smelt.base.Failure;
import smelt.formats.Tensor;
import smelt.formats.TensorWriting;
import tools.jackson.core.JsonGenerator;

/** Writes one safetensors file; config.json is the caller's. */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * Writes a new file with {@code tensors} in their order.
     *
     * @param metadata free text by key, such as format: pt
     * @throws Failure INVALID_ARGUMENT for types that the format has not, or data of another size than its shape says;
     *     UNAVAILABLE where the file cannot be written
     */
    public static void write(Path path, Map<String, String> metadata, Collection<Tensor> tensors) {
        byte[] json = header(metadata, tensors).getBytes(StandardCharsets.UTF_8);
        // Spaces after the JSON keep the data aligned.
        int length = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        byte[] header = new byte[Long.BYTES + length];
        Arrays.fill(header, (byte) ' ');
        for (int i = 0; i < Long.BYTES; i++) {
            header[i] = (byte) ((long) length >> (8 * i));
        }
        System.arraycopy(json, 0, header, Long.BYTES, json.length);
        TensorWriting.write(path, header, tensors, 1);
    }

    private static String header(Map<String, String> metadata, Collection<Tensor> tensors) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart("__metadata__");
                metadata.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long offset = 0;
            for (Tensor tensor : tensors) {
                long end = offset + TensorWriting.bytes(tensor);
                describe(json, tensor, offset, end);
                offset = end;
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void describe(JsonGenerator json, Tensor tensor, long offset, long end) {
        json.writeObjectPropertyStart(tensor.name());
        json.writeStringProperty("dtype", SafetensorsType.name(tensor.type()));
        json.writeArrayPropertyStart("shape");
        tensor.shape().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeArrayPropertyStart("data_offsets");
        json.writeNumber(offset);
        json.writeNumber(end);
        json.writeEndArray();
        json.writeEndObject();
    }
}
