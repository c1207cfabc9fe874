package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Guards bench: the line that growth is compared with, and ratios of what was measured in the same round. */
class LineTest {
    private static final Offset<Double> EXACT = within(1e-9);

    @Test
    void goesThroughPointsOfALine() {
        Line line = Line.through(List.of(new Line.Point(1, 5), new Line.Point(2, 7), new Line.Point(10, 23)));
        assertThat(line.constant()).isCloseTo(3, EXACT);
        assertThat(line.slope()).isCloseTo(2, EXACT);
        assertThat(line.at(4)).isCloseTo(11, EXACT);
    }

    @Test
    void countsShares() {
        // the last point is as far off, as a share, as the first two together
        Line line = Line.through(List.of(new Line.Point(0, 1), new Line.Point(0, 1), new Line.Point(0, 100)));
        assertThat(line.at(0)).isCloseTo((1 + 1 + 0.01) / (1 + 1 + 0.0001), EXACT);
    }

    @Test
    void onePlaceHasNoSlope() {
        assertThat(Line.through(List.of(new Line.Point(3, 4)))).isEqualTo(new Line(4, 0));
        assertThat(Line.through(List.of(new Line.Point(0, 4))).slope()).isZero();
    }

    @Test
    void ratiosAreOfTheSameRound() {
        assertThat(Growth.ratio(List.of(2.0, 30.0, 5.0), List.of(1.0, 10.0))).isCloseTo(2.5, EXACT);
        assertThat(Growth.ratio(List.of(2.0), List.of(0.0))).isZero();
    }
}
