package smelt.blocks;

import static org.assertj.core.api.Assertions.assertThat;

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

    static List<DType> encodable() {
        return Golden.TYPES.stream()
                .filter(type -> BlockFormat.of(type).canEncode())
                .toList();
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
    @MethodSource("encodable")
    void encodesToTheGoldenBytes(DType type) {
        byte[] bytes = new byte[(int) type.bytes(Golden.ELEMENTS)];
        BlockFormat.of(type).encode(Golden.floats("source.f32"), 0, MemorySegment.ofArray(bytes), 0, Golden.ELEMENTS);
        assertThat(bytes).isEqualTo(Golden.bytes(type + ".bin"));
    }
}
