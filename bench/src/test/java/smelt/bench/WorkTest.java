package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.graph.Cost;

/** Guards bench: what a token must read and compute at least. */
class WorkTest {
    private static final Work WORK = new Work(
            1000,
            2,
            new Cost(0, 300, 0, List.of(new Cost.Looking(0, 3, 0), new Cost.Looking(16, 2, 0))),
            new Cost(0, 50, 0, List.of()));

    @Test
    void keysAndValuesGrowWithUsersAndWithDepthUpToTheWindow() {
        assertThat(WORK.decodeBytes(1, 0)).isEqualTo(1000);
        assertThat(WORK.decodeBytes(4, 20)).isEqualTo(1000 + 4 * 2 * (20 * 3 + 16 * 2));
        assertThat(WORK.decodeBytes(1, 10)).isEqualTo(1000 + 2 * 10 * 5);
    }

    @Test
    void aPromptNeedsTheHeadOnce() {
        assertThat(WORK.decodeOperations()).isEqualTo(700);
        assertThat(WORK.prefillOperations(10)).isEqualTo(2 * (3000 + 50));
    }
}
