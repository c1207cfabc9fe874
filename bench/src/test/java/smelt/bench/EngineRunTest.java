package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;

/** Guards bench: throughput of several users counts the time when all of them write, and nothing else. */
class EngineRunTest {
    private static final long SECOND = 1_000_000_000L;

    private static long[] times(long... seconds) {
        return LongStream.of(seconds).map(s -> s * SECOND).toArray();
    }

    @Test
    void countsWholeStepsWhileAllWrite() {
        // the second starts at 2 s; the first ends at 5 s: three steps of one second, two tokens each
        assertThat(EngineRun.rateWhileAllWrite(List.of(times(0, 1, 2, 3, 4, 5), times(2, 3, 4, 5, 6, 7))))
                .isEqualTo(2.0);
    }

    @Test
    void tokensOfOneStepComeOneAfterAnother() {
        long[] first = {0, 10, 20, 30};
        long[] second = {1, 11, 21, 31};
        // the last step of the first one is not over when its token comes: two steps of 10 ns count
        assertThat(EngineRun.rateWhileAllWrite(List.of(first, second))).isEqualTo(4e9 / 20);
    }

    @Test
    void withoutATimeTogetherThereIsNoFigure() {
        assertThatThrownBy(() -> EngineRun.rateWhileAllWrite(List.of(times(0, 1), times(2, 3))))
                .isInstanceOf(Failure.class);
        assertThatThrownBy(() -> EngineRun.rateWhileAllWrite(List.of(times(0, 1), times())))
                .isInstanceOf(Failure.class);
    }
}
