package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards planner/: amounts as people write them. */
final class QuantitiesTest {
    @Test
    void readsUnits() {
        assertThat(Quantities.seconds("500ms")).isEqualTo(0.5);
        assertThat(Quantities.seconds("2 s")).isEqualTo(2);
        assertThat(Quantities.perSecond("300/min")).isEqualTo(5);
        assertThat(Quantities.perSecond("5/s")).isEqualTo(5);
        assertThat(Quantities.perSecond("36000/h")).isEqualTo(10);
        assertThat(Quantities.watts("3.5kW")).isEqualTo(3500);
        assertThat(Quantities.dollars("$20,000")).isEqualTo(20000);
        assertThat(Quantities.share("40%", 0)).isEqualTo(0.4);
        assertThat(Quantities.count("1.5B")).isEqualTo(1.5e9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "-1ms", "0", "1e400", "5 apples", "NaN", "99999999999999999999"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> Quantities.seconds(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pricesAreNotNegative() {
        assertThatThrownBy(() -> Quantities.dollars("-0.1")).hasMessageContaining("cannot be negative");
    }
}
