package smelt.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;

/** Guards blocks: decoding equals ggml bit for bit, encoding equals it byte for byte. */
class GoldenTest {
    static List<DType> types() {
        return Golden.TYPES;
    }

    @ParameterizedTest
    @MethodSource("types")
    void decodesToTheGoldenBits(DType type) {
        float[] values = new float[Golden.ELEMENTS + 3];
        MemorySegment bytes = MemorySegment.ofArray(Golden.bytes(type + ".bin"));
        BlockFormat.of(type).decode(bytes, 0, values, 3, Golden.ELEMENTS);
        float[] golden = Golden.floats(type + ".f32");
        for (int i = 0; i < golden.length; i++) {
            assertThat(Float.floatToRawIntBits(values[3 + i]))
                    .as("element %d: %s for %s", i, values[3 + i], golden[i])
                    .isEqualTo(Float.floatToRawIntBits(golden[i]));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void encodesToTheGoldenBytes(DType type) {
        byte[] bytes = new byte[(int) type.bytes(Golden.ELEMENTS)];
        BlockFormat.of(type).encode(Golden.floats("source.f32"), 0, MemorySegment.ofArray(bytes), 0, Golden.ELEMENTS);
        assertThat(bytes).isEqualTo(Golden.bytes(type + ".bin"));
    }

    @ParameterizedTest
    @MethodSource("types")
    void zerosStayZero(DType type) {
        byte[] bytes = new byte[(int) type.bytes(512)];
        BlockFormat.of(type).encode(new float[512], 0, MemorySegment.ofArray(bytes), 0, 512);
        float[] values = new float[512];
        BlockFormat.of(type).decode(MemorySegment.ofArray(bytes), 0, values, 0, 512);
        for (float value : values) {
            assertThat(value).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void extremeValuesAreNoError(DType type) {
        float[] extremes = {
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, Float.MIN_VALUE, -0f, 1e30f
        };
        float[] values = new float[512];
        for (int i = 0; i < values.length; i++) {
            values[i] = extremes[(i + i / 32) % (1 + i / 64 % extremes.length)];
        }
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) type.bytes(512)]);
        assertThatCode(() -> {
                    BlockFormat.of(type).encode(values, 0, bytes, 0, 512);
                    BlockFormat.of(type).decode(bytes, 0, new float[512], 0, 512);
                })
                .doesNotThrowAnyException();
    }
}
