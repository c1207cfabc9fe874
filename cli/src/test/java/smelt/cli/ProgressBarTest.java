package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Guards the command line: what a download looks like. */
final class ProgressBarTest {
    private static final long SECOND = 1_000_000_000L;

    private final StringWriter drawn = new StringWriter();
    private long now = 7 * SECOND;

    private ProgressBar bar(boolean terminal, int width) {
        return new ProgressBar(new PrintWriter(drawn), terminal, () -> width, () -> now);
    }

    @Test
    void showsShareRateAndTimeLeft() {
        ProgressBar bar = bar(true, 100);
        bar.start("model", 0, OptionalLong.of(100_000_000));
        for (int i = 1; i <= 50; i++) {
            now += SECOND / 10;
            bar.at(i * 1_000_000L);
        }

        assertThat(bar.line(100)).contains("model  [====").endsWith(" 50%  50.0 MB of 100 MB  10.0 MB/s  0:05 left");
    }

    @Test
    void drawsAtMostTenTimesASecond() {
        ProgressBar bar = bar(true, 100);
        bar.start("model", 0, OptionalLong.of(1000));
        for (int i = 0; i < 1000; i++) {
            now += SECOND / 1000;
            bar.at(i);
        }

        assertThat(drawn.toString().split("\r", -1)).hasSizeBetween(10, 13);
    }

    @Test
    void neverLeavesItsLine() {
        for (int width : new int[] {20, 40, 60, 79, 80, 200}) {
            ProgressBar bar = bar(true, width);
            bar.start("a-rather-long-name-of-some-model-file.gguf", 0, OptionalLong.of(5_000_000_000L));
            now += SECOND;
            bar.at(123_456_789);
            assertThat(bar.line(width).length()).as("width %s", width).isLessThanOrEqualTo(width);
        }
        ProgressBar unknown = bar(true, 60);
        unknown.start("x", 0, OptionalLong.empty());
        now += SECOND;
        unknown.at(5_000_000);
        assertThat(unknown.line(60)).isEqualTo("x  5.00 MB  5.00 MB/s");
    }

    @Test
    void printsPlainLinesNowAndThenWhereThereIsNoTerminal() {
        ProgressBar bar = bar(false, 80);
        bar.start("model", 0, OptionalLong.of(1_000_000));
        for (int i = 0; i < 600; i++) {
            now += SECOND / 10;
            bar.at(i * 1000L);
        }
        bar.finish();

        assertThat(drawn.toString().lines()).hasSize(3).allMatch(l -> l.startsWith("smelt: model: "));
        assertThat(drawn.toString()).doesNotContain("\r", "\u001b");
    }

    @Test
    void leavesTheTerminalCleanBehindIt() {
        ProgressBar bar = bar(true, 80);
        bar.start("model", 0, OptionalLong.of(10));
        bar.note("something");
        bar.finish();

        assertThat(drawn.toString()).contains("\r\u001b[Ksmelt: something").endsWith("\r\u001b[K");
    }
}
