package smelt.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import smelt.base.DType;

/** Golden files of the blocks folder. */
final class Golden {
    static final int ELEMENTS = 4 * 512;

    static final List<DType> TYPES = List.of(
            DType.F16,
            DType.BF16,
            DType.Q4_0,
            DType.Q4_1,
            DType.Q5_0,
            DType.Q5_1,
            DType.Q8_0,
            DType.Q2_K,
            DType.Q3_K,
            DType.Q4_K,
            DType.Q5_K,
            DType.Q6_K,
            DType.IQ4_NL,
            DType.IQ4_XS,
            DType.IQ3_S,
            DType.TQ1_0,
            DType.TQ2_0,
            DType.MXFP4,
            DType.NVFP4);

    private Golden() {}

    static byte[] bytes(String name) {
        try (InputStream in = Golden.class.getResourceAsStream("/blocks/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(String name) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[buffer.capacity() / 4];
        buffer.asFloatBuffer().get(floats);
        return floats;
    }
}
