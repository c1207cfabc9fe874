package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guards bench: what a token must read and compute at least. */
class WorkTest {
    private static final Work WORK = new Work(1000, 10, 300, 50);

    @Test
    void keysAndValuesGrowWithUsersAndDepth() {
        assertThat(WORK.decodeBytes(1, 0)).isEqualTo(1000);
        assertThat(WORK.decodeBytes(4, 20)).isEqualTo(1000 + 4 * 20 * 10);
    }

    @Test
    void aPromptNeedsTheHeadOnce() {
        assertThat(WORK.decodeOperations()).isEqualTo(700);
        assertThat(WORK.prefillOperations(10)).isEqualTo(2 * (3000 + 50));
    }
}
