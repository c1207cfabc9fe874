package smelt.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Guards blocks: taking apart loses nothing, whatever the bytes. */
class UnpackTest {
    private static final long SEED = 7;

    static List<BlockFormat> quantised() {
        return Arrays.stream(DType.values())
                .filter(UnpackTest::decoded)
                .map(BlockFormat::of)
                .filter(format -> format.type().isQuantised())
                .toList();
    }

    private static boolean decoded(DType type) {
        try {
            BlockFormat.of(type);
            return true;
        } catch (Failure e) {
            assertThat(e.code()).isEqualTo(FailureCode.UNSUPPORTED);
            assertThat(e.what()).contains(type.name());
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("quantised")
    void randomBytesEqualScaleTimesQuantPlusOffset(BlockFormat format) {
        int elements = 3 * 4096 + 512;
        byte[] bytes = new byte[(int) format.type().bytes(elements) + 1];
        new Random(SEED).nextBytes(bytes);
        MemorySegment src = MemorySegment.ofArray(bytes);
        float[] values = new float[elements];
        format.decode(src, 1, values, 0, elements);

        byte[] quants = new byte[elements + 5];
        float[] scales = new float[elements / format.groupSize() + 2];
        float[] offsets = new float[format.hasMin() ? scales.length + 1 : 0];
        format.unpack(src, 1, elements, quants, 5, scales, 2, offsets, 3);

        for (int i = 0; i < elements; i++) {
            int group = i / format.groupSize();
            int quant = quants[5 + i];
            assertThat(quant).as("quant %d, seed %d", i, SEED).isBetween(format.minQuant(), format.maxQuant());
            double product = (double) scales[2 + group] * quant;
            double exact = format.hasMin() ? product + offsets[3 + group] : product;
            assertThat(values[i]).as("value %d, seed %d", i, SEED).isEqualTo(Float.valueOf((float) exact));
        }
    }

    @ParameterizedTest
    @MethodSource("quantised")
    void oneBlockAtATimeGivesTheSame(BlockFormat format) {
        int size = format.type().blockElements();
        int elements = 20 * size;
        byte[] bytes = new byte[(int) format.type().bytes(elements)];
        new Random(SEED).nextBytes(bytes);
        MemorySegment src = MemorySegment.ofArray(bytes);
        byte[] whole = new byte[elements];
        byte[] pieces = new byte[elements];
        float[] scales = new float[elements / format.groupSize()];
        format.unpack(src, 0, elements, whole, 0, scales, 0, scales.clone(), 0);
        for (int block = 0; block < 20; block++) {
            long at = (long) block * format.type().blockBytes();
            format.unpack(src, at, size, pieces, block * size, scales, 0, scales.clone(), 0);
        }
        assertThat(pieces).as("seed %d", SEED).isEqualTo(whole);
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q6_K", "MXFP4", "TQ1_0"})
    void brokenBlocksAreRefused(DType type) {
        assertThatThrownBy(() -> BlockFormat.of(type)
                        .decode(MemorySegment.ofArray(new byte[1000]), 0, new float[100], 0, type.blockElements() + 1))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.MALFORMED));
    }

    @Test
    void plainTypesHaveNoQuants() {
        assertThatThrownBy(() -> BlockFormat.of(DType.F16).groupSize())
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.INVALID_ARGUMENT));
    }

    @Test
    void dotIsTheSumOfProducts() {
        float[] vector = new float[512];
        Arrays.fill(vector, 0.5f);
        double dot = BlockFormat.of(DType.Q8_0).dot(MemorySegment.ofArray(Golden.bytes("Q8_0.bin")), 0, vector, 0, 512);
        double expected = 0;
        float[] golden = Golden.floats("Q8_0.f32");
        for (int i = 0; i < 512; i++) {
            expected += 0.5 * golden[i];
        }
        assertThat(dot).isEqualTo(expected);
    }
}
