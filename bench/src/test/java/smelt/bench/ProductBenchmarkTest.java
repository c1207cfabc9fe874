package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ProductBenchmarkTest {
    @Test
    void multipliesAllItsMatrices() {
        ProductBenchmark benchmark = new ProductBenchmark();
        benchmark.rows = 16;
        benchmark.load();
        try {
            MemorySegment row = benchmark.step().row(0);
            assertThat(row.toArray(ValueLayout.JAVA_FLOAT)).doesNotContain(Float.NaN);
            assertThat(row.toArray(ValueLayout.JAVA_FLOAT)).isNotEqualTo(new float[(int) row.byteSize() / Float.BYTES]);
        } finally {
            benchmark.close();
        }
    }
}
