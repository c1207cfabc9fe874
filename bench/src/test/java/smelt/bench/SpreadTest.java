package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards bench: medians, spreads and rates are what the definitions say. */
class SpreadTest {
    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        Spread spread = Spread.of(List.of(9.0, 1.0, 5.0)).orElseThrow();
        assertThat(spread.median()).isEqualTo(5);
        assertThat(spread.lowest()).isEqualTo(1);
        assertThat(spread.highest()).isEqualTo(9);
        assertThat(spread.spread()).isCloseTo(1.6, within(1e-12));
        assertThat(spread.samples()).containsExactly(9.0, 1.0, 5.0);
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 100.0)).orElseThrow().median())
                .isEqualTo(3);
    }

    @Test
    void nothingHasNoMedian() {
        assertThat(Spread.of(List.of())).isEmpty();
    }
}
