package smelt.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards base: the distance by which names that a reader may have meant are chosen. */
class EditDistanceTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', 0, 0",
        "abc, abc, 0, 0",
        "'', abc, 3, 3",
        "abc, '', 3, 6",
        "kitten, sitting, 3, 5",
        "h100, h100sxm, 3, 3",
        "h100sxm, h100, 3, 6",
        "flaw, lawn, 2, 3"
    })
    void countsEditsAndWeighsThem(String from, String to, int edits, int cheapInsertions) {
        assertThat(EditDistance.of(from, to)).isEqualTo(edits);
        assertThat(EditDistance.of(from, to, 1, 2)).isEqualTo(cheapInsertions);
    }
}
