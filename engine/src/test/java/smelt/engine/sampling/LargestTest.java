package smelt.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Guards engine/: selection equals a full, stable sort. */
class LargestTest {
    @Test
    void equalsAStableSort() {
        var random = new Random(2);
        var largest = new Largest();
        for (int round = 0; round < 2_000; round++) {
            float[] values = new float[1 + random.nextInt(300)];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(3) == 0 ? random.nextInt(5) - 2 : (float) random.nextGaussian();
                values[i] = random.nextInt(20) == 0 ? Float.NEGATIVE_INFINITY : values[i];
                values[i] = values[i] == 0 && random.nextBoolean() ? -0.0f : values[i];
            }
            int k = random.nextInt(values.length + 2);
            largest.select(values, values.length, k);
            List<Integer> expected = IntStream.range(0, values.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -values[i] + 0.0f))
                    .limit(k)
                    .toList();
            List<Integer> actual =
                    IntStream.range(0, largest.count()).mapToObj(largest::index).toList();
            assertThat(actual)
                    .as("round %d, k %d of %d", round, k, values.length)
                    .isEqualTo(expected);
            for (int rank = 0; rank < largest.count(); rank++) {
                assertThat(largest.value(rank) == values[largest.index(rank)]).isTrue();
            }
        }
    }
}
