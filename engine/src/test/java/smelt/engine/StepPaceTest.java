package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guards engine/: how long steps with prompts may be. */
class StepPaceTest {
    private static final long MILLI = 1_000_000;
    private static final int MOST = 512;

    private final StepPace pace = new StepPace();

    private int rows(int decoding) {
        return pace.promptRows(decoding, StepPace.LIMIT_NANOS, MOST);
    }

    @Test
    void anUnmeasuredPromptIsTriedWithFewRows() {
        assertThat(rows(0)).isEqualTo(16);
        assertThat(pace.promptRows(0, StepPace.LIMIT_NANOS, 5)).isEqualTo(5);
        assertThat(pace.promptNanos(100)).isNaN();
    }

    @Test
    void aPromptThatIsAloneFillsItsStepUpToItsDeadline() {
        assertThat(pace.promptRows(0, Long.MAX_VALUE, MOST)).isEqualTo(MOST);
        pace.observe(0, 100, 100 * MILLI);
        assertThat(pace.promptNanos(30)).isEqualTo(30.0 * MILLI);
        assertThat(rows(0)).isEqualTo(80);
        assertThat(pace.promptRows(0, 50 * MILLI, MOST)).isEqualTo(50);
        assertThat(pace.promptRows(0, -1, MOST)).isEqualTo(8);
    }

    @Test
    void besideThoseWhoGenerateAStepMayTakeTwiceAsLong() {
        pace.observe(0, 100, 10 * MILLI);
        assertThat(rows(8)).as("unmeasured without prompts").isZero();
        pace.observe(8, 0, 10 * MILLI);
        assertThat(rows(8)).as("as prompts alone").isEqualTo(90);
        pace.observe(8, 90, 28 * MILLI);
        assertThat(rows(8)).as("0.2 ms a row, as measured beside them").isEqualTo(45);
        assertThat(rows(15)).as("as many as 8 to 15").isEqualTo(45);
        assertThat(rows(16)).isZero();
    }

    @Test
    void aStepEndsInTimeForThoseWhoCancel() {
        pace.observe(0, 100, 100 * MILLI);
        pace.observe(1, 0, 70 * MILLI);
        assertThat(rows(1)).as("10 ms are left").isEqualTo(10);
        pace.observe(4, 0, 90 * MILLI);
        assertThat(rows(4)).as("prompts always go on").isEqualTo(8);
        pace.observe(2, 0, 50 * MILLI);
        assertThat(rows(2)).isEqualTo(30);
    }

    @Test
    void aHundredMixedStepsAreFollowedByOneWithoutPrompts() {
        pace.observe(1, 0, 10 * MILLI);
        for (int step = 0; step < 100; step++) {
            assertThat(rows(1)).as("step %d", step).isPositive();
            pace.observe(1, 16, 12 * MILLI);
        }
        assertThat(rows(1)).isZero();
        pace.observe(1, 0, 10 * MILLI);
        assertThat(rows(1)).isPositive();
    }

    @Test
    void aSingleSlowStepChangesLittle() {
        for (int step = 0; step < 50; step++) {
            pace.observe(0, 100, 100 * MILLI);
        }
        pace.observe(0, 100, 1000 * MILLI);
        assertThat(rows(0)).isBetween(20, 40);
        for (int step = 0; step < 50; step++) {
            pace.observe(0, 100, 100 * MILLI);
        }
        assertThat(rows(0)).isBetween(78, 80);
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
