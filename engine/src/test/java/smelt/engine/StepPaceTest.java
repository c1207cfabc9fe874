package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guards engine/: how long steps with prompts may be. */
class StepPaceTest {
    private static final long MILLI = 1_000_000;
    private static final int MOST = 512;

    private final StepPace pace = new StepPace(17);

    /** Of a step of prompts alone. */
    private int rows() {
        return pace.promptRows(StepPace.LIMIT_NANOS, MOST);
    }

    @Test
    void anUnmeasuredPromptIsTriedWithFewRows() {
        assertThat(rows()).isEqualTo(16);
        assertThat(pace.promptRows(StepPace.LIMIT_NANOS, 5)).isEqualTo(5);
        assertThat(pace.promptNanos(100)).isNaN();
    }

    @Test
    void aPromptThatIsAloneFillsItsStepUpToItsDeadline() {
        assertThat(pace.promptRows(Long.MAX_VALUE, MOST)).isEqualTo(MOST);
        pace.observe(0, 100, 100 * MILLI);
        assertThat(pace.promptNanos(30)).isEqualTo(30.0 * MILLI);
        assertThat(rows()).isEqualTo(80);
        assertThat(pace.promptRows(50 * MILLI, MOST)).isEqualTo(50);
        assertThat(pace.promptRows(-1, MOST)).isEqualTo(8);
    }

    @Test
    void besideThoseWhoGenerateAStepTakesAsLongAsOneOfTheirs() {
        pace.observe(0, 100, 100 * MILLI);
        assertThat(pace.asideNanos(8, 1)).as("unmeasured").isZero();
        assertThat(pace.asideRows(8, 1, MOST)).as("unmeasured").isEqualTo(8);
        pace.observe(8, 0, 10 * MILLI);
        assertThat(pace.asideNanos(8, 1)).isEqualTo(10 * MILLI);
        assertThat(pace.asideNanos(15, 1)).as("as many as 8 to 15").isEqualTo(10 * MILLI);
        assertThat(pace.asideRows(8, 1, MOST))
                .as("done after eight of their steps")
                .isEqualTo(80);
        assertThat(pace.asideRows(8, 1, 40)).isEqualTo(40);
        assertThat(pace.asideNanos(8, 3)).as("each of three prompts as long").isEqualTo(30 * MILLI);
        assertThat(pace.asideNanos(8, 100)).as("no more than four").isEqualTo(40 * MILLI);
        assertThat(pace.asideNanos(16, 1)).isZero();
    }

    @Test
    void aStepEndsInTimeForThoseWhoCancel() {
        pace.observe(1, 0, 70 * MILLI);
        assertThat(pace.asideNanos(1, 1)).isEqualTo(10 * MILLI);
        pace.observe(2, 0, 90 * MILLI);
        assertThat(pace.asideNanos(2, 1)).as("a piece at least is computed").isZero();
        assertThat(pace.asideNanos(0, 1)).as("nobody generates any more").isEqualTo(StepPace.LIMIT_NANOS);
    }

    @Test
    void aSingleSlowStepChangesLittle() {
        for (int step = 0; step < 50; step++) {
            pace.observe(0, 100, 100 * MILLI);
        }
        pace.observe(0, 100, 1000 * MILLI);
        assertThat(rows()).isBetween(20, 40);
        for (int step = 0; step < 50; step++) {
            pace.observe(0, 100, 100 * MILLI);
        }
        assertThat(rows()).isBetween(78, 80);
    }

    @Test
    void whatWasLostIsMadeUpForTenTimes() {
        assertThat(pace.mayYield()).isTrue();
        pace.lost(10 * MILLI);
        assertThat(pace.mayYield()).isFalse();
        pace.observe(0, 10, 60 * MILLI);
        assertThat(pace.mayYield()).isFalse();
        pace.observe(1, 0, 40 * MILLI);
        assertThat(pace.mayYield()).isTrue();
        pace.lost(0);
        assertThat(pace.mayYield()).as("a loss is a loss").isFalse();
    }
}
